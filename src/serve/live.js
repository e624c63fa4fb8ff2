// Sent with every page of a preview, never written into a site: reloads the page when what it shows has changed,
// swaps styles, and shows faults over the last good page.
(() => {
  const script = document.currentScript;
  const { token, page } = script.dataset;
  let build = Number(script.dataset.build);
  const place = "heliostat-scroll:" + location.pathname;

  const kept = sessionStorage.getItem(place);
  if (kept !== null) {
    sessionStorage.removeItem(place);
    const [x, y] = JSON.parse(kept);
    addEventListener("load", () => scrollTo(x, y));
    scrollTo(x, y);
  }

  const reload = () => {
    sessionStorage.setItem(place, JSON.stringify([scrollX, scrollY]));
    location.reload();
  };

  const swap = (path) => {
    for (const old of document.querySelectorAll('link[rel="stylesheet"]')) {
      const url = new URL(old.href);
      if (url.pathname !== "/" + path) continue;
      url.search = "?build=" + build;
      const fresh = old.cloneNode();
      fresh.href = url.href;
      fresh.addEventListener("load", () => old.remove());
      old.after(fresh);
    }
  };

  let overlay = null;
  const show = (fault) => {
    if (overlay) overlay.remove();
    overlay = null;
    if (fault === null) return;
    overlay = document.createElement("pre");
    overlay.id = "heliostat-fault";
    overlay.setAttribute("role", "alert");
    overlay.textContent = fault;
    // By the object model: the page's own policy forbids styles in its markup.
    Object.assign(overlay.style, {
      position: "fixed", inset: "auto 0 0 0", maxHeight: "70vh", overflow: "auto", margin: "0", padding: "1rem",
      background: "#2b1113", color: "#ffd9d4", font: "14px/1.5 ui-monospace, monospace", whiteSpace: "pre-wrap",
      borderTop: "4px solid #e5484d", zIndex: "2147483647",
    });
    document.body.append(overlay);
  };

  // A change that came while nothing could be built is shown when that is mended.
  let isOutdated = false;
  let channel = null;
  const listen = () => {
    // A browser has six connections to a host: a tab that nobody sees lets go of its own, and catches up when it is seen.
    if (channel || document.hidden) return;
    const query = new URLSearchParams({ token, page, build });
    channel = new EventSource("/.heliostat/events?" + query);
    channel.onmessage = (event) => {
      const message = JSON.parse(event.data);
      build = message.build;
      show(message.fault);
      isOutdated ||= message.reload;
      if (isOutdated && message.fault === null) return reload();
      message.styles.forEach(swap);
    };
    channel.onerror = () => {
      hush();
      setTimeout(listen, 500);
    };
  };
  const hush = () => {
    channel?.close();
    channel = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
  listen();
})();
