/* One lane of a link: how entries of the sender's log reach the receiver's disk, and how the sender learns it.
   Source: core/federation/link_push.cpp, link_receive.cpp; FEDERATION sections 3, 4 and 8.

   The network is a set of frames for each direction: what is in it may be taken in any order, may stay in it after
   it was taken (a copy), and may never have got in (a loss). Losses, copies, crashes and full disks are bounded, so
   that the storm ends; when they happen is open. Everything inside one `atomic` happens at once for the other side,
   which is what a transaction is for the disk.

   A mutant is the same protocol with one mistake, -DMUTANT_...; the model checker must find it. */

#define ENTRIES 3
#define LOSSES 1
#define COPIES 1
#define REFUSALS 1
#ifdef LIVENESS  /* asks more of each state, so it is asked of fewer */
#define CRASHES 1
#else
#define CRASHES 2
#endif

#define FRAME(first, size) ((first) * (ENTRIES + 1) + (size))

byte losses = LOSSES, copies = COPIES, crashes = CRASHES, refusals = REFUSALS;

/* Under way: a push of the entries first..size-1, a receipt for `size`, a hello that says `size`, a question. */
bool push[ENTRIES * (ENTRIES + 1) + ENTRIES + 1];
bool receipt[ENTRIES + 1];
bool hello[ENTRIES + 1];
bool question;
byte under_way;  /* frames in all sets */

/* On the sender's disk: its log, and the largest receipt. In its memory: what it pushed, what it was told. */
byte written, receipted_disk;
byte sent, receipted;

/* On the receiver's disk. */
byte held;
byte applied[ENTRIES];
/* In its memory: a push that was checked and waits for the commit (its end), and a receipt that is due. */
byte staged_first, staged;
bool receipt_due;
#ifdef MUTANT_two_transactions
bool applied_not_counted;
#endif
#ifdef MUTANT_no_sync
byte synced;
#endif

inline put_in(set) {
    if
    :: true -> if :: !set -> set = true; under_way++ :: else fi
    :: losses > 0 -> losses--
    fi
}
inline take_from(set) {
    if
    :: true -> set = false; under_way--
    :: copies > 0 -> copies--
    fi
}

/* An answer is overdue: nothing is on the way, nothing is being stored, and something is not receipted. */
#define is_quiet (under_way == 0 && staged == 0 && !receipt_due && sent == written)

inline take_receipt(stated) {
    take_from(receipt[stated]);
    if  /* what it never wrote it does not believe */
    :: stated <= written && stated > receipted ->
        receipted = stated;
        if :: sent < stated -> sent = stated :: else fi
    :: else
    fi
}
inline take_hello(stated) {
    take_from(hello[stated]);
    if :: stated <= written -> sent = stated :: else fi
}

proctype Sender() {
    byte size;
    do
    :: atomic { written < ENTRIES -> written++ }
    :: atomic { sent < written ->
        size = sent + 1;
        do :: size < written -> size++ :: break od;
        put_in(push[FRAME(sent, size)]);
#ifdef MUTANT_sent_is_received
        receipted = size;
#endif
        sent = size; size = 0 }
#ifndef MUTANT_no_retry
    :: atomic { is_quiet && receipted < written && !question -> put_in(question) }
#endif
    :: atomic { receipt[1] -> take_receipt(1) }
    :: atomic { receipt[2] -> take_receipt(2) }
    :: atomic { receipt[3] -> take_receipt(3) }
    :: atomic { hello[0] -> take_hello(0) }
    :: atomic { hello[1] -> take_hello(1) }
    :: atomic { hello[2] -> take_hello(2) }
    :: atomic { hello[3] -> take_hello(3) }
    :: atomic { receipted_disk < receipted -> receipted_disk = receipted }
    :: atomic { crashes > 0 -> crashes--; receipted = receipted_disk; sent = receipted_disk }
    :: atomic { receipted == ENTRIES && receipted_disk == ENTRIES -> break }
    od
}

inline store_staged() {
    for (entry : staged_first .. staged - 1) {
        applied[entry]++;
        assert(applied[entry] == 1);                      /* each effect at most once */
        assert(entry == 0 || applied[entry - 1] == 1);    /* and in the order of the log */
    }
}

#ifdef MUTANT_no_dedupe
#define is_next(first) ((first) <= held)
#else
#ifdef MUTANT_gap_taken
#define is_next(first) ((first) >= held)
#else
#define is_next(first) ((first) == held)
#endif
#endif

inline take_push(first, end) {
    take_from(push[FRAME(first, end)]);
    if
    :: is_next(first) ->
        staged_first = first; staged = end;
#ifdef MUTANT_early_ack
        put_in(receipt[end])
#endif
    :: else ->
#ifdef MUTANT_larger_ack
        if :: end > held -> put_in(receipt[end]) :: else fi
#else
        skip
#endif
    fi
}

proctype Receiver() {
    byte entry;
end:
    do
    :: atomic { staged == 0 && push[FRAME(0, 1)] -> take_push(0, 1) }
    :: atomic { staged == 0 && push[FRAME(0, 2)] -> take_push(0, 2) }
    :: atomic { staged == 0 && push[FRAME(0, 3)] -> take_push(0, 3) }
    :: atomic { staged == 0 && push[FRAME(1, 2)] -> take_push(1, 2) }
    :: atomic { staged == 0 && push[FRAME(1, 3)] -> take_push(1, 3) }
    :: atomic { staged == 0 && push[FRAME(2, 3)] -> take_push(2, 3) }
    :: atomic { question -> take_from(question);
        put_in(hello[held]);
#ifndef MUTANT_receipt_once
        if :: held > 0 -> receipt_due = true :: else fi
#endif
        }
#ifdef MUTANT_two_transactions
    :: atomic { staged > 0 && !applied_not_counted -> store_staged(); applied_not_counted = true; entry = 0 }
    :: atomic { applied_not_counted -> held = staged; staged = 0; staged_first = 0; receipt_due = true;
        applied_not_counted = false }
#else
    :: atomic { staged > 0 ->
#ifdef MUTANT_no_dedupe
        if :: staged < held -> staged = held :: else fi;
#endif
#ifdef MUTANT_gap_taken
        for (entry : staged_first .. staged - 1) { applied[entry]++ }
#else
        store_staged();
#endif
        held = staged; staged = 0; staged_first = 0; receipt_due = true; entry = 0 }
#endif
    :: atomic { staged > 0 && refusals > 0 -> refusals--; staged = 0; staged_first = 0 }   /* the disk is full */
    :: atomic { receipt_due -> receipt_due = false;
        if :: held > 0 -> put_in(receipt[held]) :: else fi }
#ifdef MUTANT_no_sync
    :: atomic { synced < held -> synced = held }
#endif
    :: atomic { crashes > 0 -> crashes--; staged = 0; staged_first = 0; receipt_due = false;
#ifdef MUTANT_two_transactions
        applied_not_counted = false;
#endif
#ifdef MUTANT_no_sync
        for (entry : synced .. ENTRIES - 1) { applied[entry] = 0 }
        held = synced; entry = 0;
#endif
#ifdef MUTANT_forgets
        held = 0;
#endif
        }
    od
}

/* What the sender believes to be stored is stored, and each entry below it has had its effect. */
active proctype Watch() {
    byte entry;
end:
    atomic {
        receipted > held || (receipted > 0 && applied[receipted - 1] != 1) ||
            (receipted > 1 && applied[receipted - 2] != 1) -> assert(false)
    }
}

init { atomic { run Sender(); run Receiver() } }

ltl everything_is_receipted { <> (receipted_disk == ENTRIES && held == ENTRIES) }
