// SPDX-License-Identifier: Apache-2.0
// Alerts as they come, on every page; without this script they stand on the page of alerts.
"use strict";
(() => {
  const box = document.getElementById("alerts");
  if (!box || !window.EventSource) return;
  const list = box.querySelector("ul");
  const count = box.querySelector(".count");
  const button = box.querySelector("button");
  const open = new Map();
  const kept = "comity-alert-sound";
  let source = null;

  const sounds = () => localStorage.getItem(kept) === "on";
  const press = () => button.setAttribute("aria-pressed", sounds() ? "true" : "false");
  button.addEventListener("click", () => {
    localStorage.setItem(kept, sounds() ? "off" : "on");
    press();
    if (sounds()) beep();
  });

  const beep = () => {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    tone.frequency.value = 880;
    tone.connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.4);
  };

  const name = (told) => (told.place ? told.agreement + "/" + told.place : "");
  const line = (told) => {
    const row = document.createElement("li");
    const place = document.createElement(told.place ? "a" : "span");
    place.textContent = told.place ? "FLASH " + told.place : box.dataset.hidden;
    if (told.place) place.href = "/items/" + told.agreement + "/" + told.place;
    row.append(place);
    if (told.category) row.append(" " + told.category + ", " + told.level);
    if (told.late) row.append(" – " + box.dataset.late);
    return row;
  };
  const show = () => {
    box.hidden = open.size === 0;
    count.textContent = open.size;
    list.replaceChildren(...[...open.values()].slice(-3).map(line));
  };

  const on = (what, act) =>
    source.addEventListener(what, (event) => {
      act(JSON.parse(event.data));
      show();
    });
  const listen = () => {
    source = new EventSource(box.dataset.events);
    on("open-alerts", (told) => {
      open.clear();
      for (const each of told.alerts) open.set(name(each), each);
    });
    on("raised", (told) => {
      open.set(name(told), told);
      if (sounds()) beep();
    });
    on("escalated", (told) => {
      open.set(name(told), { ...told, late: true });
      if (sounds()) beep();
    });
    on("acknowledged", (told) => open.delete(name(told)));
  };
  // A browser keeps few lines to one node: a page that nobody sees holds none.
  const turn = () => {
    if (source) source.close();
    source = null;
    if (document.visibilityState === "visible") listen();
  };
  document.addEventListener("visibilitychange", turn);
  window.addEventListener("pagehide", () => source && source.close());
  press();
  turn();
})();
