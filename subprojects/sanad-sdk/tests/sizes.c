/* Compiled as C11: the interface's structures have the sizes that every plugin ever built counts on. */
#include <sanad/extensions.h>
#include <sanad/methods.h>
#include <sanad/plugin.h>
#include <sanad/store.h>

_Static_assert(sizeof(sanad_call) == 64, "sanad_call");
_Static_assert(sizeof(sanad_host) == 56, "sanad_host");
_Static_assert(sizeof(sanad_plugin) == 80, "sanad_plugin");
_Static_assert(sizeof(sanad_entry) == 40, "sanad_entry");
_Static_assert(sizeof(sanad_store_v1) == 120, "sanad_store_v1"); /* compact() and list_tables() came behind the rest */
_Static_assert(offsetof(sanad_store_v1, compact) == 104, "sanad_store_v1.compact");
_Static_assert(sizeof(sanad_net_v1) == 32, "sanad_net_v1");
_Static_assert(sizeof(sanad_secret_v1) == 24, "sanad_secret_v1");
_Static_assert(sizeof(sanad_loop_v1) == 48 && sizeof(sanad_kv_v1) == 40 && sizeof(sanad_metrics_v1) == 32, "loop, kv, metrics");
_Static_assert(sizeof(sanad_span) == 16 && sizeof(sanad_sink) == 24, "sanad_span, sanad_sink");
_Static_assert(sizeof(sanad_row) == 32 && sizeof(sanad_op) == 40, "sanad_row, sanad_op");
_Static_assert(offsetof(sanad_call, reply) == 40, "sanad_call.reply");
_Static_assert(offsetof(sanad_host, get_extension) == 48, "sanad_host.get_extension");
_Static_assert(offsetof(sanad_plugin, get_extension) == 72, "sanad_plugin.get_extension");

/* The numbers that are out in the world stay what they are. */
#define IS(name, number) _Static_assert((name) == (number), #name)
IS(SANAD_MAGIC, 0x31504e53);
IS(SANAD_ABI_MAJOR, 1);
IS(SANAD_M_HEALTH, 0x0001);
IS(SANAD_M_DELIVER, 0x0101);
IS(SANAD_M_CANCEL, 0x0102);
IS(SANAD_M_SUBMIT, 0x0181);
IS(SANAD_M_RECEIPT, 0x0182);
IS(SANAD_M_REPLAY, 0x0183);
IS(SANAD_M_TYPING, 0x0184);
IS(SANAD_M_LEAVE, 0x0185);
IS(SANAD_M_FEEDBACK, 0x0186);
IS(SANAD_M_DISPATCH, 0x0201);
IS(SANAD_M_STATUS, 0x0281);
IS(SANAD_M_VIEW, 0x0282);
IS(SANAD_OK, 0);
IS(SANAD_E_RETRY, -1);
IS(SANAD_E_REJECTED, -2);
IS(SANAD_E_DENIED, -3);
IS(SANAD_E_NOT_FOUND, -4);
IS(SANAD_E_INVALID, -5);
IS(SANAD_E_UNSUPPORTED, -6);
IS(SANAD_E_BUSY, -7);
IS(SANAD_E_DEADLINE, -8);
IS(SANAD_E_IO, -9);
IS(SANAD_E_NOMEM, -10);
IS(SANAD_E_CONFLICT, -11);
IS(SANAD_E_FULL, -12);
IS(SANAD_E_CLOSED, -13);
IS(SANAD_E_INTERNAL, -14);
IS(SANAD_E_CRASHED, -15);
IS(SANAD_LOG_DEBUG, 0);
IS(SANAD_LOG_INFO, 1);
IS(SANAD_LOG_WARN, 2);
IS(SANAD_LOG_ERROR, 3);
IS(SANAD_EV_POST, 1);
IS(SANAD_EV_TIMER, 2);
IS(SANAD_EV_FD, 3);
IS(SANAD_EV_CANCEL, 4);
IS(SANAD_PF_CONCURRENT, 1);
IS(SANAD_PF_KEEP_LOADED, 2);
IS(SANAD_TXN_READ, 0);
IS(SANAD_TXN_WRITE, 1);
IS(SANAD_SCAN_DESCENDING, 1);
IS(SANAD_PUT_NEW, 1);
IS(SANAD_OP_PUT, 0);
IS(SANAD_OP_PUT_NEW, 1);
IS(SANAD_OP_DEL, 2);
IS(SANAD_OP_EXPECT_VALUE, 3);
IS(SANAD_OP_EXPECT_ABSENT, 4);
IS(SANAD_READABLE, 1);
IS(SANAD_WRITABLE, 2);
IS(SANAD_HANGUP, 4);
IS(SANAD_KV_KEY_BYTES_MAX, 128);
IS(SANAD_KV_VALUE_BYTES_MAX, 16384);
