// SPDX-License-Identifier: Apache-2.0
// Alerts as they come, on every page; without this script they stand on the page of alerts.
"use strict";
(() => {
  const box = document.getElementById("alerts");
  if (!box || !window.EventSource || !navigator.locks) return;
  const list = box.querySelector("ul");
  const count = box.querySelector(".count");
  const button = box.querySelector("button");
  const open = new Map();
  const kept = "comity-alert-sound";
  const seen = "comity-alerts-seen";
  const shared = "comity-alerts " + box.dataset.person;
  const others = new BroadcastChannel(shared);
  let source = null;

  const sounds = () => localStorage.getItem(kept) === "on";
  const press = () => button.setAttribute("aria-pressed", sounds() ? "true" : "false");
  button.addEventListener("click", () => {
    localStorage.setItem(kept, sounds() ? "off" : "on");
    press();
    if (sounds()) beep();
  });

  // A browser is silent on a page that nobody has touched yet: then it sounds at the first touch.
  const beep = () => {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    tone.frequency.value = 880;
    tone.connect(audio.destination);
    const play = () => {
      tone.start();
      tone.stop(audio.currentTime + 0.4);
    };
    if (audio.state === "running") return play();
    const wake = () => audio.resume();
    for (const each of ["pointerdown", "keydown"])
      document.addEventListener(each, wake, { once: true });
    audio.addEventListener("statechange", play, { once: true });
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

  const remember = () => sessionStorage.setItem(seen, JSON.stringify([...open.keys()]));
  const acts = {
    "open-alerts": (told) => {
      const known = new Set(JSON.parse(sessionStorage.getItem(seen) || "[]"));
      open.clear();
      for (const each of told.alerts) open.set(name(each), each);
      return [...open.keys()].some((each) => !known.has(each));
    },
    raised: (told) => {
      open.set(name(told), told);
      return true;
    },
    escalated: (told) => {
      open.set(name(told), { ...told, late: true });
      return true;
    },
    acknowledged: (told) => {
      open.delete(name(told));
      return false;
    },
  };
  const take = (what, told) => {
    const isNews = acts[what](told);
    remember();
    show();
    return isNews;
  };

  // A browser keeps few lines to one node: of all its pages, seen or not, one holds a line, sounds,
  // and tells the others. When it closes, another takes the line up.
  const listen = (over) => {
    source = new EventSource(box.dataset.events);
    for (const what of Object.keys(acts))
      source.addEventListener(what, (event) => {
        const told = JSON.parse(event.data);
        others.postMessage({ what, told });
        if (take(what, told) && sounds()) beep();
      });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return;
      source = null;
      over();
    });
  };
  let waits = false;
  const wait = async () => {
    if (waits) return;
    waits = true;
    await navigator.locks.request(shared, () => new Promise(listen));
    waits = false;
  };
  others.addEventListener("message", ({ data }) => {
    if (data.what !== "ask") take(data.what, data.told);
    else if (source)
      others.postMessage({ what: "open-alerts", told: { alerts: [...open.values()] } });
  });
  const out = document.querySelector("form[action='/sign-out']");
  out.addEventListener("submit", () => sessionStorage.removeItem(seen));
  // A line that the node ended is taken up again once somebody looks.
  const look = () => document.visibilityState === "visible" && wait();
  document.addEventListener("visibilitychange", look);
  press();
  others.postMessage({ what: "ask" });
  wait();
})();
