/* SPDX-License-Identifier: Apache-2.0
 *
 * sanad/store.h: the storage extension "sanad.store/1" of a storage plugin, got by
 * sanad_plugin.get_extension after start. Tables of ordered byte keys (memcmp order), snapshot
 * reads, one writer, atomic durable commits. Keys have 1..480 bytes, values 0..1 MiB.
 */
#ifndef SANAD_STORE_H
#define SANAD_STORE_H

#include <sanad/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SANAD_EXT_STORE "sanad.store/1"
#define SANAD_STORE_KEY_MAX 480u
#define SANAD_STORE_VALUE_MAX (1u << 20)

typedef struct sanad_txn sanad_txn;
typedef struct sanad_row {
    sanad_span key, value;
} sanad_row;

/* Gets rows in batches of at most 64, borrowed until it returns; nonzero stops the scan. */
typedef int (*sanad_row_fn)(void* ctx, const sanad_row* rows, size_t n);

enum { SANAD_TXN_READ = 0, SANAD_TXN_WRITE = 1 };
enum { SANAD_SCAN_DESCENDING = 1u };
enum { SANAD_PUT_NEW = 1u }; /* CONFLICT when the key is there */
enum {
    SANAD_OP_PUT = 0,
    SANAD_OP_PUT_NEW = 1, /* CONFLICT when the key is there */
    SANAD_OP_DEL = 2,
    SANAD_OP_EXPECT_VALUE = 3, /* CONFLICT unless the value is exactly this */
    SANAD_OP_EXPECT_ABSENT = 4
};
typedef struct sanad_op {
    uint32_t table, kind;
    sanad_span key, value;
} sanad_op;

/* Every function returns SANAD_OK or an error and throws nothing; an error of a write leaves the
 * transaction to be aborted. Snapshots may live on any thread, one thread at a time; at most one
 * write transaction is open. */
typedef struct sanad_store_v1 {
    uint32_t size, caps;
    void* self;
    /* name: 1..63 bytes of [a-z_.], 0-terminated; made when absent. Not inside a transaction. */
    sanad_status (*open_table)(void* self, const char* name, uint32_t* table);
    sanad_status (*begin)(void* self, uint32_t mode, sanad_txn** out);
    /* NOT_FOUND when absent; the value is borrowed until the next write or the end of txn. */
    sanad_status (*get)(sanad_txn* txn, uint32_t table, sanad_span key, sanad_span* value);
    /* Rows in the order of the keys given; a missing one has value.data NULL. */
    sanad_status (*get_many)(sanad_txn* txn, uint32_t table, const sanad_span* keys, size_t n,
                             sanad_row_fn fn, void* ctx);
    sanad_status (*put)(sanad_txn* txn, uint32_t table, sanad_span key, sanad_span value,
                        uint32_t flags);
    sanad_status (*del)(sanad_txn* txn, uint32_t table, sanad_span key); /* OK when absent */
    /* lo <= key < hi; an empty hi means to the end; limit 0 means no limit. fn must not write. */
    sanad_status (*scan)(sanad_txn* txn, uint32_t table, sanad_span lo, sanad_span hi,
                         uint32_t flags, uint32_t limit, sanad_row_fn fn, void* ctx);
    sanad_status (*commit)(sanad_txn* txn); /* OK: on disk. Ends txn whatever it returns. */
    void (*abort)(sanad_txn* txn);          /* also ends a read transaction */
    /* Preconditions and writes in one transaction of its own. */
    sanad_status (*apply)(void* self, const sanad_op* ops, size_t n);
    sanad_status (*backup)(void* self, int fd); /* a consistent copy, while others read and write */
    /* May be NULL, or beyond `size`. Afterwards what was deleted or overwritten before is nowhere
     * in the store's files. Waits for open transactions, BUSY when they do not end; new ones wait
     * for it. */
    sanad_status (*compact)(void* self);
    /* May be NULL, or beyond `size`. The name of each table as a row's key, without a value, in no
     * order. Not inside a transaction. */
    sanad_status (*list_tables)(void* self, sanad_row_fn fn, void* ctx);
} sanad_store_v1;

#ifdef __cplusplus
}
#endif
#endif
