// What only a script can serve: the switch of light and dark, and sharing. Every page reads whole without it.
(() => {
  const root = document.documentElement;
  const system = () => (matchMedia("(prefers-color-scheme:dark)").matches ? "dark" : "light");

  // From a stick, or in a private window, there may be no storage: then a choice lasts as long as the page.
  const remembered = (use) => {
    try {
      return use(localStorage);
    } catch {}
  };
  // First of all: the page may be drawn already.
  const chosen = remembered((store) => store.getItem("theme"));
  if (chosen) root.dataset.theme = chosen;

  const words = {
    hans: ["亮色或暗色", "复制链接", "已复制", "分享"],
    hant: ["亮色或暗色", "複製連結", "已複製", "分享"],
    en: ["Light or dark", "Copy link", "Copied", "Share"],
  };
  const script = /^zh-(Hant|TW|HK|MO)/i.test(root.lang) ? "hant" : root.lang.startsWith("zh") ? "hans" : "en";
  const [theme, copy, copied, share] = words[script];

  const icons = {
    [theme]: '<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5v17a8.5 8.5 0 0 0 0-17z" fill="currentColor"/>',
    [copy]: '<path d="M9 15l6-6M11 6.5l2-2a4.6 4.6 0 0 1 6.5 6.5l-2 2M13 17.5l-2 2a4.6 4.6 0 0 1-6.5-6.5l2-2"/>',
    [copied]: '<path d="M4 13l5 5L20 7"/>',
    [share]: '<path d="M12 15V3.5M8 7l4-4 4 4M7 11H4.5v9.5h15V11H17"/>',
  };
  const name = (button, label) => {
    button.innerHTML = `<svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" aria-hidden="true">${icons[label]}</svg>`;
    button.title = label;
    button.setAttribute("aria-label", label);
  };

  const tools = document.createElement("span");
  tools.className = "tools";
  const button = (label, act) => {
    const made = document.createElement("button");
    made.onclick = () => act(made);
    name(made, label);
    tools.append(made);
  };
  if (document.querySelector(".h-entry")) {
    // A page on a stick has no address that others could open.
    const canonical = document.querySelector("[rel=canonical]");
    const url = location.protocol === "file:" && canonical ? canonical.href : location.href.split("#")[0];
    button(copy, async (made) => {
      try {
        await navigator.clipboard.writeText(url);
        name(made, copied);
        setTimeout(name, 2000, made, copy);
      } catch {
        prompt(copy, url);
      }
    });
    if (navigator.share) button(share, () => navigator.share({ title: document.title, url }).catch(() => {}));
  }
  button(theme, () => {
    const other = (root.dataset.theme ?? system()) === "dark" ? "light" : "dark";
    if (other === system()) {
      delete root.dataset.theme;
      remembered((store) => store.removeItem("theme"));
    } else {
      root.dataset.theme = other;
      remembered((store) => store.setItem("theme", other));
    }
  });
  document.querySelector(".masthead")?.append(tools);
  // What scrolls inside itself must be reached by the keyboard, in browsers that do not see to it.
  for (const wide of document.querySelectorAll("table, pre")) if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
})();
