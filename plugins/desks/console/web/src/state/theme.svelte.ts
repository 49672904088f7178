const preference = matchMedia("(prefers-color-scheme: dark)");

/// Light or dark: as the device is set, until somebody switches. Kept nowhere.
class Theme {
  #device = $state(preference.matches);
  #chosen = $state<boolean | undefined>();

  constructor() {
    preference.addEventListener("change", (event) => (this.#device = event.matches));
  }
  get dark(): boolean {
    return this.#chosen ?? this.#device;
  }
  turn(): void {
    this.#chosen = !this.dark;
  }
}

export const theme = new Theme();
