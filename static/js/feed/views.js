// Tells the site what was really watched: in batches, and once more when the page goes away.

import { write } from "./talk.js";

const LEAST_MS = 500;
const BATCH = 10;
const waiting = new Map();

/** Note a stretch of watching; several stretches of one clip add up. */
export function note(id, milliseconds, { completed, muted }) {
  const so = waiting.get(id) ?? { post: id, watched_ms: 0, completed: false, muted: true };
  so.watched_ms += milliseconds;
  so.completed ||= completed;
  so.muted &&= muted;
  waiting.set(id, so);
  if (waiting.size >= BATCH) send();
}

export async function send() {
  const views = [...waiting.values()]
    .filter((view) => view.watched_ms >= LEAST_MS)
    .map((view) => ({ ...view, watched_ms: Math.round(view.watched_ms) }));
  waiting.clear();
  if (!views.length) return;
  try {
    await write("POST", "/views", { views });
  } catch {
    // a view that is not counted is nobody's trouble
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) send();
});
addEventListener("pagehide", send);
