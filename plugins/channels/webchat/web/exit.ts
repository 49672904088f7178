const presses = 3;
const within = 2000; // milliseconds

/**
 * The way out: the page is blank before anything else happens, its entry in the history becomes that
 * of a harmless page, and nothing of it waits to be shown again.
 *
 * goodbye  called once the page is blank
 */
export function prepareExit(link: HTMLAnchorElement, goodbye: () => void): void {
  const target = link.href;
  const leave = () => {
    blank();
    try {
      goodbye();
    } finally {
      location.replace(target);
    }
  };
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  let escapes: number[] = [];
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.repeat) return;
      const now = performance.now();
      escapes = [...escapes.filter((at) => at > now - within), now];
      if (escapes.length >= presses) leave();
    },
    true,
  );
  // A browser that keeps the page for its Back button gets an empty one to keep.
  addEventListener("pagehide", (event) => {
    if (event.persisted) blank();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

function blank(): void {
  document.documentElement.textContent = "";
  history.replaceState(null, "");
}
