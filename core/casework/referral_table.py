#!/usr/bin/env python3
"""Turns the transitions of referrals into the table of one language.

    referral_table.py cpp|promela referral_transitions.tsv OUTPUT

The file explains its columns itself. A row that names what is not there, or says a thing twice, ends the build."""
import sys

PHASES = {"preparing", "open", "working", "ended", "final"}
EFFECTS = {"moves", "prepares", "takes_back", "gives_back", "last_word", "none"}
WRITERS = {"asker", "asked", "either"}
OWNERS = ["same", "asker", "taken_in", "kept", "returned"]
RULES = ["not_in_this_state", "already_ended"]
COLUMNS = {"state": 4, "event": 5, "move": 6}


class Table:
    def __init__(self, path):
        self.states, self.events, self.moves = [], [], []
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                row = line.rstrip("\n").split("\t")
                if row == [""] or line.startswith("#"):
                    continue
                complaint = self.take(row)
                if complaint:
                    sys.exit(f"{path}:{number}: {complaint}")

    def take(self, row):
        """Keeps one row. returns what is wrong with it, or nothing."""
        kind = row[0]
        if COLUMNS.get(kind) != len(row):
            return f"{kind}: no such kind of row, or not {COLUMNS.get(kind, 'any')} columns"
        return getattr(self, "take_" + kind)(*row[1:])

    def take_state(self, name, phase, refusal):
        if phase not in PHASES or refusal not in RULES or name in self.names(self.states):
            return f"{name}: phase, refusal, or a second time"
        self.states.append((name, phase, refusal))

    def take_event(self, name, writer, effect, outcome):
        if writer not in WRITERS or effect not in EFFECTS or name in self.names(self.events):
            return f"{name}: writer, effect, or a second time"
        if (effect == "takes_back") != (outcome in self.names(self.states)):
            return f"{name}: what takes back has a state as its outcome, and nothing else has"
        self.events.append((name, writer, effect, outcome))

    def take_move(self, who, start, event, end, owner):
        if not {start, end} <= self.names(self.states) or owner not in OWNERS:
            return "no such state or owner"
        if not any(row[0] == event and row[1] == who for row in self.events):
            return f"{event} is not an event of {who}"
        if any(row[:3] == (who, start, event) for row in self.moves):
            return f"a second move from {start} by {event}"
        self.moves.append((who, start, event, end, owner))

    @staticmethod
    def names(rows):
        return {row[0] for row in rows}


def cpp(table):
    yield """#pragma once

// Made from core/casework/referral_transitions.tsv by referral_table.py: change that file.
#include "core/casework/referral_rules.h"

#include <array>

namespace sanad::casework::rules {

using State = ReferralState;
using Kind = ReferralEventKind;

inline constexpr auto states = std::to_array<StateRow>({"""
    yield '    {State::none, "", Phase::preparing, Rule::not_in_this_state},'
    for name, phase, refusal in table.states:
        yield f'    {{State::{name}, "{name}", Phase::{phase}, Rule::{refusal}}},'
    yield "});\n\ninline constexpr auto events = std::to_array<EventRow>({"
    yield '    {Kind::none, "", Side::none, Effect::none, State::none},'
    for name, writer, effect, outcome in table.events:
        side = "none" if writer == "either" else writer
        result = "none" if outcome == "-" else outcome
        yield f'    {{Kind::{name}, "{name}", Side::{side}, Effect::{effect}, State::{result}}},'
    yield "});\n\ninline constexpr auto transitions = std::to_array<Transition>({"
    for who, start, event, end, owner in table.moves:
        yield f"    {{State::{start}, Side::{who}, Kind::{event}, State::{end}, Owner::{owner}}},"
    yield """});

// A row stands at the number of what it is about, so that it is found without looking for it.
template <typename Rows, typename Value>
constexpr bool are_in_order(const Rows& rows, Value member) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].*member) != i) return false;
    return true;
}
static_assert(states.size() == referral_state_count && are_in_order(states, &StateRow::state));
static_assert(events.size() == referral_event_kind_count && are_in_order(events, &EventRow::kind));

}  // namespace sanad::casework::rules"""


def promela(table):
    """Numbers for the names, what holds of each, and the moves as arrays that load_table() fills."""
    yield "/* Made from core/casework/referral_transitions.tsv by referral_table.py: change that file. */"
    yield "#define S_none 0"
    for number, (name, *_) in enumerate(table.states, 1):
        yield f"#define S_{name} {number}"
    yield "#define E_none 0"
    for number, (name, *_) in enumerate(table.events, 1):
        yield f"#define E_{name} {number}"
    yield f"#define EVENTS {len(table.events)}"
    yield "#define asker 1\n#define asked 2\n#define either 3"
    for number, name in enumerate(OWNERS):
        yield f"#define O_{name} {number}"
    for phase in sorted(PHASES):
        members = [f"(s) == S_{row[0]}" for row in table.states if row[1] == phase]
        yield f"#define is_{phase}(s) ({' || '.join(members)})"
    for effect in sorted(EFFECTS):
        members = [f"(e) == E_{row[0]}" for row in table.events if row[2] == effect]
        yield f"#define is_{effect}(e) ({' || '.join(members)})"
    for writer in sorted(WRITERS):
        members = [f"(e) == E_{row[0]}" for row in table.events if row[1] == writer]
        yield f"#define is_written_by_{writer}(e) ({' || '.join(members)})"
    size = len(table.states) + 1, len(table.events) + 1
    yield "/* Where a move leads, S_none where there is none, and who is responsible then. */"
    yield f"#define MOVE(who, state, event) (((who) - 1) * {size[0] * size[1]} + (state) * {size[1]} + (event))"
    yield f"hidden byte move_to[{2 * size[0] * size[1]}];\nhidden byte move_owner[{2 * size[0] * size[1]}];"
    yield f"/* Where a wish leads when it is granted. */\nhidden byte outcome_of[{size[1]}];"
    yield "inline load_table() {\n    d_step {"
    for who, start, event, end, owner in table.moves:
        place = f"MOVE({who}, S_{start}, E_{event})"
        yield f"        move_to[{place}] = S_{end}; move_owner[{place}] = O_{owner};"
    for name, _, _, outcome in table.events:
        if outcome != "-":
            yield f"        outcome_of[E_{name}] = S_{outcome};"
    yield "        skip\n    }\n}"


if __name__ == "__main__":
    language, source, output = sys.argv[1:]
    lines = {"cpp": cpp, "promela": promela}[language](Table(source))
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
