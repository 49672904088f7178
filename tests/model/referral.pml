/* One referral between the node that asks and the node that is asked, with everything that can cross on the way.
   Source: core/casework/referral.cpp; FEDERATION sections 5 and 8. referral_transitions.pml is made from
   core/casework/referral_transitions.tsv, the table that the node itself folds with.

   Each side writes events that the table allows it on what it has seen, each with the number of events of the other
   side it is based on; the lanes carry them in order and late. Whatever the two sides did, and at every moment:
   somebody is responsible for the child, no honest event is refused, nothing is decided in another's name, what is over
   stays over. At the end both sides see one thing, and it is over.

   A mutant is the same rules with one mistake, -DMUTANT_...; the model checker must find it. */

#include "referral_transitions.pml"

#define O_nobody 9  /* only in mutants */

/* How many events people write as they please; afterwards they bring to its end what was begun. */
#ifndef ASKER_FREE
#define ASKER_FREE 3
#endif
#ifndef ASKED_FREE
#define ASKED_FREE 3
#endif
#define LONGEST 14

bool taken_over;  /* the child is handed over, not only helped with */

/* What each side wrote, and how much of it the other has. */
byte asker_kind[LONGEST], asker_saw[LONGEST], asker_written, asker_arrived;
byte asked_kind[LONGEST], asked_saw[LONGEST], asked_written, asked_arrived;
bool stored;     /* the asked side's receipt for the request is at the asker */
bool finishing;
bool asker_over, asked_over, asker_done, asked_done;  /* what a side has seen to be over, or erased */

/* What a fold says. Hidden: it is a function of the above. */
hidden byte state, cause, taken_back_at, owner;
hidden byte pending, refused, asker_responsible, asked_responsible;
hidden byte i, j, kind, saw, to, new_owner, choice;
hidden byte good;
hidden short place;
hidden byte mirror_state, mirror_refused;
hidden byte mirror_pending, mirror_asker, mirror_asked;

/* One event against the table: good, to, new_owner. */
inline judge(who, event, seen) {
    good = false; to = S_none; new_owner = O_same;
    if
    :: is_none(event) -> good = !is_final(state); to = state
#ifndef MUTANT_wrong_side
    :: who == asker && is_written_by_asked(event) -> skip
    :: who == asked && is_written_by_asker(event) -> skip
#endif
    :: else ->
        if
        :: pending && is_gives_back(event) ->
#ifdef MUTANT_never_given_back
            skip
#else
            good = true; to = outcome_of[cause]; new_owner = O_asker
#endif
        :: pending && is_takes_back(event) -> skip
#ifdef MUTANT_crossing_refused
        :: pending && who == asked && !is_last_word(event) && !is_gives_back(event) -> skip
#else
        :: pending && who == asked && seen && !is_last_word(event) && !is_gives_back(event) -> skip
#endif
#ifdef MUTANT_no_last_word
        :: pending && who == asked && is_last_word(event) -> skip
#endif
        :: else ->
#ifdef MUTANT_wrong_side
            if
            :: move_to[MOVE(asked, state, event)] != S_none -> place = MOVE(asked, state, event)
            :: else -> place = MOVE(asker, state, event)
            fi;
#else
            place = MOVE(who, state, event);
#endif
            to = move_to[place]; new_owner = move_owner[place]; place = 0;
#ifdef MUTANT_owner_dropped
            if :: event == E_decline -> new_owner = O_nobody :: else fi;
#endif
#ifdef MUTANT_kept_by_nobody
            if :: event == E_complete && taken_over -> new_owner = O_nobody :: else fi;
#endif
#ifdef MUTANT_given_back_at_once
            if :: event == E_not_complete -> new_owner = O_asker :: else fi;
#endif
#ifdef MUTANT_timer_drops
            if :: event == E_expire -> new_owner = O_nobody :: else fi;
#endif
#ifdef MUTANT_reopened
            if :: event == E_accept && state == S_declined -> to = S_accepted; new_owner = O_taken_in :: else fi;
#endif
            good = (to != S_none)
        fi
    fi
}

inline take(who, event, saw_other, index) {
    if
    :: is_prepares(event) -> refused = true
    :: else ->
        judge(who, event, saw_other > taken_back_at);
        if
        :: !good -> refused = true
        :: good && is_none(event) -> skip
#ifdef MUTANT_withdraw_wins
        :: good && event == E_withdraw -> state = S_withdrawn; owner = O_asker
#else
        :: good && is_takes_back(event) -> pending = true; cause = event; taken_back_at = index;
            if :: new_owner != O_same -> owner = new_owner :: else fi
#endif
        :: else ->
            if :: to == S_sent && stored_here -> state = S_delivered :: else -> state = to fi;
            if :: new_owner != O_same -> owner = new_owner :: else fi;
            if :: is_ended(state) || is_final(state) -> pending = false :: else fi
        fi
    fi
}

hidden byte stored_here, is_first;

/* The two lists, as far as one side has them, merged and applied. `asker_first`: of two that crossed. */
inline fold(asker_size, asked_size, has_receipt, asker_first) {
    state = S_sealed; cause = E_none; taken_back_at = 0; owner = O_asker; pending = false; refused = false;
    stored_here = has_receipt || asked_size > 0; i = 0; j = 0;
    do
    :: i < asker_size && asker_saw[i] <= j && (asker_first || !(j < asked_size && asked_saw[j] <= i)) ->
        take(asker, asker_kind[i], asker_saw[i], i); i++
    :: else ->
        if
        :: j < asked_size && asked_saw[j] <= i -> take(asked, asked_kind[j], asked_saw[j], j); j++
        :: else ->
            assert(i == asker_size && j == asked_size);  /* counts that no honest pair can write */
            break
        fi
    od;
    asked_responsible = owner == O_taken_in || (taken_over && (owner == O_kept || owner == O_returned));
    asker_responsible = (owner == O_taken_in && (!taken_over || pending)) || owner == O_asker ||
        owner == O_returned || (owner == O_kept && !taken_over)
}
#define fold_at_asker fold(asker_written, asked_arrived, stored, true)
#ifdef MUTANT_own_first
#define fold_at_asked fold(asker_arrived, asked_written, true, false)
#else
#define fold_at_asked fold(asker_arrived, asked_written, true, true)
#endif

#define is_over (is_ended(state) || is_final(state))

/* What must hold at every moment. */
inline check() {
    d_step {
        if
        :: asker_arrived > 0 -> fold_at_asked;
            assert(!refused);
            assert(!(asked_over && !is_over) && !(asked_done && !is_final(state)));
            asked_over = is_over; asked_done = is_final(state);
            mirror_state = state; mirror_asked = asked_responsible
        :: else -> mirror_state = S_none; mirror_asked = false
        fi;
        fold_at_asker;
        assert(!refused);
        assert(!(asker_over && !is_over) && !(asker_done && !is_final(state)));
        asker_over = is_over; asker_done = is_final(state);
        /* in each record somebody is named, and of the two named somebody agrees */
        assert(asker_responsible || asked_responsible);
        assert(asker_responsible || mirror_asked);
        /* nobody is made responsible, or let go, by the other side's word */
        to = 0; choice = 0;
        do
        :: to < asked_arrived ->
            if
            :: asked_kind[to] == E_accept -> choice = choice | 1
            :: asked_kind[to] == E_withdraw_ok -> choice = choice | 2
            :: else
            fi;
            to++
        :: else -> break
        od;
        assert(!asked_responsible || (choice & 1));
        assert(!(state == S_withdrawn || state == S_expired || state == S_entered_in_error) || (choice & 2));
        state = 0; cause = 0; taken_back_at = 0; owner = 0; pending = false; refused = false; i = 0; j = 0;
        to = 0; new_owner = 0; choice = 0; good = false; mirror_state = 0; mirror_asked = false;
        asker_responsible = false; asked_responsible = false; stored_here = false
    }
}

/* An event that changes nothing, or only says a thing twice, need not be tried: a smaller search. */
#define is_worth_trying(event) (!is_prepares(event) && event != E_none && event != E_note && event != E_request && \
    event != E_redirect && event != E_enter_in_error && event != E_close_unconfirmed && event != E_held)

inline write_asker(event) {
    asker_kind[asker_written] = event; asker_saw[asker_written] = asked_arrived; asker_written++
}
inline write_asked(event) {
    asked_kind[asked_written] = event; asked_saw[asked_written] = asker_arrived; asked_written++
}

/* What people do to bring a referral to its end; E_none: it is the other side's turn. */
inline find_last_step(who) {
    choice = E_none;
    if
    :: who == asker && state == S_info_requested && !pending -> choice = E_information
    :: who == asker && state == S_not_completed && asked_responsible -> choice = E_take_back
    :: who == asked && pending -> choice = E_withdraw_ok
    :: who == asked && !pending && state == S_delivered -> choice = E_review
    :: who == asked && !pending && (state == S_under_review || state == S_info_requested) -> choice = E_accept
    :: who == asked && !pending && (state == S_accepted || state == S_in_progress) -> choice = E_complete
    :: who == asked && !pending && state == S_on_hold -> choice = E_resume
    :: else
    fi;
    if
    :: choice != E_none -> judge(who, choice, true);
        if :: !good -> choice = E_none :: else fi
    :: else
    fi
}

init {
    byte event;
    load_table();
    atomic {
        if :: taken_over = true :: taken_over = false fi;
        write_asker(E_request)
    }
    do
    :: atomic { !finishing && asker_written < 1 + ASKER_FREE ->
        event = 1;
        do :: event < EVENTS -> event++ :: break od;
        if
        :: !is_worth_trying(event) -> good = false
        :: else -> d_step { fold_at_asker; judge(asker, event, true) }
        fi;
        if :: good -> write_asker(event); event = 0; check() :: else -> event = 0; check() fi }
    :: atomic { !finishing && asker_arrived > 0 && asked_written < ASKED_FREE ->
        event = 1;
        do :: event < EVENTS -> event++ :: break od;
        if
        :: !is_worth_trying(event) -> good = false
        :: else -> d_step { fold_at_asked; judge(asked, event, true) }
        fi;
        if :: good -> write_asked(event); event = 0; check() :: else -> event = 0; check() fi }
    :: atomic { asker_arrived < asker_written -> asker_arrived++; check() }
    :: atomic { asked_arrived < asked_written -> asked_arrived++; check() }
    :: atomic { !stored && asker_arrived > 0 -> stored = true; check() }
    :: atomic { !finishing -> finishing = true }
    :: atomic { finishing && asker_arrived == asker_written && asked_arrived == asked_written && stored ->
        /* all has arrived: one of them goes on, or it is the end */
        d_step {
            fold_at_asked; find_last_step(asked);
            mirror_state = state; mirror_pending = pending; mirror_asker = asker_responsible;
            mirror_asked = asked_responsible; event = choice
        }
        if
        :: event != E_none -> write_asked(event); event = 0; check()
        :: else ->
            d_step { fold_at_asker; find_last_step(asker); event = choice }
            assert(state == mirror_state && pending == mirror_pending &&
                asker_responsible == mirror_asker && asked_responsible == mirror_asked);
            if
            :: event != E_none -> write_asker(event); event = 0; check()
            :: else ->
                assert(is_over && !(state == S_not_completed && asked_responsible));
                check(); break
            fi
        fi }
    od
}
