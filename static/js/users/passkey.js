// Passkeys: the server's options go to the browser's key store, its answer goes back in a form.
// A form says by data-passkey what it needs: "create" a key, "get" an answer to the options on the page,
// or "login", where the options are fetched when somebody asks.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0)).buffer;
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const keys = (list) => list?.map((key) => ({ ...key, id: bytes(key.id) }));

function forCreating(options) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: keys(options.excludeCredentials) };
}

function forGetting(options) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return { ...options, challenge: bytes(options.challenge), allowCredentials: keys(options.allowCredentials) };
}

function written(credential) {
  if (credential.toJSON) return credential.toJSON();
  const { response } = credential;
  const parts = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    parts.attestationObject = text(response.attestationObject);
    parts.transports = response.getTransports?.() ?? [];
  } else {
    parts.authenticatorData = text(response.authenticatorData);
    parts.signature = text(response.signature);
    parts.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: parts,
  };
}

const onPage = () => JSON.parse(document.getElementById("passkey-options").textContent);

async function create(form) {
  const { publicKey } = onPage().creation_options;
  const alone = form.elements.passwordless?.checked ?? false;
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone ? { userVerification: "required" } : {}),
  };
  return navigator.credentials.create({ publicKey: forCreating(publicKey) });
}

async function get() {
  return navigator.credentials.get({ publicKey: forGetting(onPage().request_options.publicKey) });
}

async function login(form) {
  const response = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`options: ${response.status}`);
  const { request_options: options } = await response.json();
  return navigator.credentials.get({ publicKey: forGetting(options.publicKey) });
}

const ways = { create, get, login };

function prepare(form) {
  if (!window.PublicKeyCredential) {
    form.querySelector("[data-unsupported]")?.removeAttribute("hidden");
    return;
  }
  form.hidden = false;
  const problem = form.querySelector("[data-problem]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      const credential = await ways[form.dataset.passkey](form);
      form.elements.credential.value = JSON.stringify(written(credential));
      form.submit();
    } catch {
      problem.hidden = false; // cancelled, timed out, or no such key: the browser does not tell pages which
    }
  });
}

document.querySelectorAll("[data-passkey]").forEach(prepare);
