// What somebody chose about playing: sound for this visit, the rest on this device.

const stored = (store, name, usual) => {
  try {
    return store.getItem(`feed.${name}`) ?? usual;
  } catch {
    return usual; // storage is refused: choices last as long as the page
  }
};
const keep = (store, name, value) => {
  try {
    store.setItem(`feed.${name}`, value);
  } catch {
    // as above
  }
};
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export const choices = {
  sound: stored(sessionStorage, "sound", "off") === "on",
  captions: stored(localStorage, "captions", "on") === "on",
  letters: stored(localStorage, "letters", "on") === "on",
  autoplay: stored(localStorage, "autoplay", calm.matches ? "off" : "on") === "on",
};

/** True where things should not move by themselves. */
export const still = () => calm.matches;

export function choose(name, value) {
  choices[name] = value;
  keep(name === "sound" ? sessionStorage : localStorage, name, value ? "on" : "off");
}
