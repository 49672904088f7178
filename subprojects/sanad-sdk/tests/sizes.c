/* Compiled as C11: the interface's structures have the sizes that every plugin ever built counts on. */
#include <sanad/extensions.h>
#include <sanad/methods.h>
#include <sanad/plugin.h>
#include <sanad/store.h>

_Static_assert(sizeof(sanad_call) == 64, "sanad_call");
_Static_assert(sizeof(sanad_host) == 56, "sanad_host");
_Static_assert(sizeof(sanad_plugin) == 80, "sanad_plugin");
_Static_assert(sizeof(sanad_entry) == 40, "sanad_entry");
_Static_assert(sizeof(sanad_store_v1) == 112, "sanad_store_v1"); /* compact() came behind the rest */
_Static_assert(offsetof(sanad_store_v1, compact) == 104, "sanad_store_v1.compact");
_Static_assert(sizeof(sanad_net_v1) == 32, "sanad_net_v1");
_Static_assert(sizeof(sanad_secret_v1) == 24, "sanad_secret_v1");
_Static_assert(sizeof(sanad_span) == 16 && sizeof(sanad_sink) == 24, "sanad_span, sanad_sink");
_Static_assert(sizeof(sanad_row) == 32 && sizeof(sanad_op) == 40, "sanad_row, sanad_op");
_Static_assert(offsetof(sanad_call, reply) == 40, "sanad_call.reply");
_Static_assert(offsetof(sanad_host, get_extension) == 48, "sanad_host.get_extension");
_Static_assert(offsetof(sanad_plugin, get_extension) == 72, "sanad_plugin.get_extension");

/* The methods and statuses that are out in the world keep their numbers. */
_Static_assert(SANAD_M_SUBMIT == 0x0181 && SANAD_M_VIEW == 0x0282, "methods");
_Static_assert(SANAD_E_RETRY == -1 && SANAD_E_CRASHED == -15, "statuses");
