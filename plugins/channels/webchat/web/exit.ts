const presses = 3;
const within = 5000; // milliseconds from one press to the next, as GOV.UK's "Exit this page"

/** What the way out says while somebody presses. */
export interface ExitWords {
  /** left  presses that are missing, or none when the count was given up */
  (left: 1 | 2 | 0): void;
}

/**
 * The way out: the page is blank before anything else happens, its entry in the history becomes that
 * of a harmless page, and nothing of it waits to be shown again. By the link, or by Shift or Escape
 * three times; the link alone works before this script and without it.
 *
 * goodbye  called once the page is blank
 */
export function prepareExit(link: HTMLAnchorElement, count: ExitWords, goodbye: () => void): void {
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
  countKeys(count, leave);
  // A browser that keeps the page for its Back button gets an empty one to keep.
  addEventListener("pagehide", (event) => {
    if (event.persisted) blank();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

// Shift counts when it was pressed alone: a capital letter is no wish to leave.
function countKeys(count: ExitWords, leave: () => void): void {
  let done = 0;
  let key = "";
  let timer = 0;
  const reset = () => {
    clearTimeout(timer);
    if (done > 0) count(0);
    done = 0;
    key = "";
  };
  const press = (pressed: string) => {
    if (pressed !== key) reset();
    key = pressed;
    done += 1;
    if (done >= presses) return leave();
    count((presses - done) as 1 | 2);
    clearTimeout(timer);
    timer = window.setTimeout(reset, within);
  };
  let alone = false;
  addEventListener(
    "keydown",
    (event) => {
      if (event.repeat) return;
      alone = event.key === "Shift";
      if (event.key === "Escape") press("Escape");
      else if (!alone) reset();
    },
    true,
  );
  addEventListener(
    "keyup",
    (event) => {
      if (event.key === "Shift" && alone) press("Shift");
    },
    true,
  );
}

// The head stays: without its title the tab would show the address.
function blank(): void {
  document.body.remove();
  history.replaceState(null, "");
}
