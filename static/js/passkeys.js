/** Passkeys: the browser uses or makes one, and the form carries its answer like any other field. */

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const listed = (credentials = []) => credentials.map((credential) => ({ ...credential, id: bytes(credential.id) }));

/** What the server sent as text, as the buffers that the browser wants. */
function options(frame) {
  const asked = JSON.parse(frame.dataset.options);
  asked.challenge = bytes(asked.challenge);
  if (asked.user) asked.user.id = bytes(asked.user.id);
  if (asked.allowCredentials) asked.allowCredentials = listed(asked.allowCredentials);
  if (asked.excludeCredentials) asked.excludeCredentials = listed(asked.excludeCredentials);
  return asked;
}

/** What the browser answered, as text that the server reads. */
function answer({ id, rawId, type, response }) {
  const said = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) said[name] = text(response[name]);
  }
  return JSON.stringify({ id, rawId: text(rawId), type, response: said });
}

async function use(frame) {
  const problem = frame.querySelector("[role=alert]");
  problem.hidden = true;
  try {
    const publicKey = options(frame);
    const credential = frame.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey });
    frame.querySelector("input").value = answer(credential);
    frame.closest("form").submit();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    problem.hidden = false;
  }
}

if (window.PublicKeyCredential) {
  for (const frame of document.querySelectorAll("[data-passkey]")) {
    frame.hidden = false;
    frame.querySelector("button").addEventListener("click", () => use(frame));
  }
}
