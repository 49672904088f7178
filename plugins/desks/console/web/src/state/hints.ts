import type { HintView } from "../api";

/// The label of a hint in a language, else in English, else its id.
export const hintLabel = (hint: HintView, language: string): string =>
  (hint.label.find((one) => one.language === language) ?? hint.label.find((one) => one.language === "en"))?.text ?? hint.id;
