#pragma once

#include "core/casework/referral.h"

// What a row of referral_transitions.tsv says. The rows themselves are in referral_transitions.h,
// which referral_table.py makes from that file at build time; nothing else knows a transition.
namespace sanad::casework {

enum class Phase : std::uint8_t { preparing, open, working, ended, final };

struct StateRow {
    ReferralState state;
    std::string_view name;
    Phase phase;
    Rule refusal;  // of an event that has no move from here
};

/// What an event does beside or instead of its moves; the words are explained in the table.
enum class Effect : std::uint8_t { moves, prepares, takes_back, gives_back, last_word, none };

struct EventRow {
    ReferralEventKind kind;
    std::string_view name;
    Side writer;  // none: either may write it
    Effect effect;
    ReferralState outcome;  // takes_back: where it leads when it is granted; otherwise none
};

/// Who is responsible for the child after a move.
enum class Owner : std::uint8_t {
    same,      // as before
    asker,     // the asker alone
    taken_in,  // the asked side; the asker too where it asked for help only, or wants it back
    kept,      // the asked side where the child was taken over, otherwise the asker
    returned,  // the asker; the asked side too where the child was taken over
};

struct Transition {
    ReferralState from;
    Side side;
    ReferralEventKind kind;
    ReferralState to;
    Owner owner;
};

}  // namespace sanad::casework
