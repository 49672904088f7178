import type { ContactView } from "../api";
import { effective } from "./messages";

/// Whether a conversation may be hard to read: U0 or U1, by people or by what was noticed.
export const isSevere = (contact: Pick<ContactView, "urgency" | "hintUrgency">): boolean => effective(contact) <= "U1";
