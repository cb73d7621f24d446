// What a page without script cannot do: send files with progress, drop them, show how far the work is, play clips.
"use strict";

function say(form, text) {
  const status = form.querySelector("[role=status]");
  if (status) status.textContent = text;
}

async function ask(call, body) {
  const [method, address] = call.split(" ");
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const answer = await fetch(address, { method, headers, body: body && JSON.stringify(body) })
    .catch(() => { throw new Error("The page does not answer. See whether motionsig serve still runs."); });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.error);
  return content;
}

function go(then, content) {
  if (then === "stay") return;
  const place = then.replace("{id}", encodeURIComponent(content.id));
  if (place === location.pathname) location.reload();
  else location.assign(place);
}

// Forms that ask the interface: data-api says what, data-finally what then, data-then where to go.
document.addEventListener("submit", async event => {
  const form = event.target;
  if (!form.dataset.api) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  say(form, "");
  try {
    const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value || null]));
    const content = await ask(form.dataset.api, form.dataset.api.startsWith("POST") ? fields : undefined);
    if (form.dataset.finally) await ask(form.dataset.finally);
    go(form.dataset.then, content);
    if (form.dataset.then === "stay") button.textContent = "Ending";
  } catch (error) {
    say(form, error.message);
    button.disabled = false;
  }
});

// Files go one after the other, each as the body of a request, so that they are never in memory as a whole.
function send(address, file, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.upload.onprogress = event => onProgress(event.loaded, event.total);
    request.onerror = () => reject(new Error("The connection was lost. See whether motionsig serve still runs, then send the file again."));
    request.onload = () => {
      let content = {};
      try { content = JSON.parse(request.responseText); } catch (error) { /* said below */ }
      if (request.status < 300) resolve(content);
      else reject(new Error(content.error || "It was refused."));
    };
    request.send(file);
  });
}

async function sendAll(form, files) {
  const list = form.querySelector(".sending");
  const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string" && value));
  let failed = 0;
  list.replaceChildren();
  form.inert = true;
  for (const file of files) {
    const item = list.appendChild(document.createElement("li"));
    const name = item.appendChild(document.createElement("bdi"));
    const bar = item.appendChild(document.createElement("progress"));
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    fields.set("name", file.name);
    try {
      await send(form.dataset.upload + "?" + fields, file, (loaded, total) => { bar.value = loaded / total; });
      bar.value = 1;
    } catch (error) {
      failed += 1;
      const said = item.appendChild(document.createElement("p"));
      said.className = "failed";
      said.textContent = error.message;
    }
  }
  form.inert = false;
  try {
    if (form.dataset.finally && failed < files.length) await ask(form.dataset.finally);
    if (!failed) go(form.dataset.then, {});
  } catch (error) {
    const item = list.appendChild(document.createElement("li"));
    item.className = "failed";
    item.textContent = error.message;
  }
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  const area = form.querySelector("[data-drop]");
  const input = area.querySelector("input");
  input.addEventListener("change", () => { if (input.files.length) sendAll(form, [...input.files]); });
  form.addEventListener("submit", event => event.preventDefault());
  for (const kind of ["dragenter", "dragover"]) {
    area.addEventListener(kind, event => { event.preventDefault(); area.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) area.addEventListener(kind, () => area.classList.remove("over"));
  area.addEventListener("drop", event => {
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    if (files.length) sendAll(form, files);
  });
}

function nameOf(element) {
  return element.getAttribute("aria-label") || element.getAttribute("href");
}

function replaceKeepingFocus(area, text) {
  const focused = area.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  area.innerHTML = text;
  if (focused) [...area.querySelectorAll("a, button")].find(one => nameOf(one) === focused)?.focus();
}

// Whether a reload would take something out of somebody's hands.
function isAtWork() {
  return document.querySelector("form[inert]") || document.activeElement.matches("input, select");
}

// How far the work is: asked for every second while there is any, every few seconds otherwise.
for (const area of document.querySelectorAll("[data-poll]")) {
  let shown = null, wasBusy = false, pressed = false;
  area.addEventListener("pointerdown", () => { pressed = true; });
  addEventListener("pointerup", () => { pressed = false; });
  const look = async () => {
    let busy = false;
    try {
      const answer = await fetch(area.dataset.poll);
      if (answer.ok) {
        const text = await answer.text();
        if (text !== shown && !pressed) {
          replaceKeepingFocus(area, text);
          shown = text;
        }
        busy = text.includes('data-busy="yes"');
        const done = !busy && (wasBusy || "untilIdle" in area.dataset);
        if (done && !isAtWork()) { location.reload(); return; }
        wasBusy = busy || done;
      }
    } catch (error) { /* the server may be restarting */ }
    setTimeout(look, busy ? 1000 : 4000);
  };
  setTimeout(look, "untilIdle" in area.dataset ? 0 : 1000);
}

for (const note of document.querySelectorAll("[data-reload]")) {
  setTimeout(() => location.reload(), Number(note.dataset.reload));
}

// Parts of the page that take longer than the page: asked for until they are there.
for (const part of document.querySelectorAll("[data-part]")) {
  const load = async () => {
    const answer = await fetch(part.dataset.part);
    const text = await answer.text();
    if (answer.status === 202) setTimeout(load, 700);
    else if (answer.ok) part.innerHTML = text;
    else part.textContent = "This model cannot be used. Open the person to see why.";
  };
  load();
}

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

// Clips: pressed in the list or in the timeline, played from their beginning to their end.
for (const player of document.querySelectorAll("[data-player]")) {
  const video = player.querySelector("video");
  const article = player.closest("article");
  const buttons = [...player.querySelectorAll("[data-clip]")];
  let end = Infinity;
  const play = (button, silently) => {
    for (const one of buttons) {
      one.setAttribute("aria-pressed", String(one === button));
      document.getElementById("clip-" + one.dataset.clip).hidden = one !== button;
    }
    for (const mark of article.querySelectorAll(".timeline .clip")) {
      mark.classList.toggle("playing", mark.dataset.startS === button.dataset.startS);
    }
    if (silently) return;
    end = Number(button.dataset.endS);
    video.currentTime = Number(button.dataset.startS);
    video.play().catch(() => {});
  };
  for (const button of buttons) button.addEventListener("click", () => play(button, false));
  for (const mark of article.querySelectorAll(".timeline .clip[data-start-s]")) {
    const button = buttons.find(one => one.dataset.startS === mark.dataset.startS);
    if (button) mark.addEventListener("click", () => { play(button, false); button.scrollIntoView({ block: "nearest" }); });
  }
  video.addEventListener("timeupdate", () => { if (video.currentTime >= end) { video.pause(); end = Infinity; } });
  video.addEventListener("error", () => { player.querySelector("[data-cannot]").hidden = false; });
  const first = buttons.find(one => one.querySelector(".cross")) || buttons[0];
  if (first) play(first, true);
  for (const swap of document.querySelectorAll("[data-swap]")) {
    const plain = video.getAttribute("src");
    swap.addEventListener("click", () => {
      const shown = swap.getAttribute("aria-pressed") === "true", at = video.currentTime;
      swap.setAttribute("aria-pressed", String(!shown));
      swap.textContent = shown ? "Show the measurements in the video" : "Show the video alone";
      video.src = shown ? plain : swap.dataset.swap;
      video.addEventListener("loadedmetadata", () => { video.currentTime = at; }, { once: true });
    });
  }
}
