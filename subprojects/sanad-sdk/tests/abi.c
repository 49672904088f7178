/* Names every structure of the interface, so that one library has all of their layouts in its debug information. */
#include <sanad/extensions.h>
#include <sanad/plugin.h>
#include <sanad/store.h>

SANAD_EXPORT int sanad_abi(const sanad_entry *entry, const sanad_host *host, const sanad_plugin *plugin,
                           const sanad_call *call, const sanad_store_v1 *store, const sanad_op *op,
                           const sanad_row *row, const sanad_net_v1 *net, const sanad_secret_v1 *secret,
                           const sanad_loop_v1 *loop, const sanad_kv_v1 *kv, const sanad_metrics_v1 *metrics);
int sanad_abi(const sanad_entry *entry, const sanad_host *host, const sanad_plugin *plugin, const sanad_call *call,
              const sanad_store_v1 *store, const sanad_op *op, const sanad_row *row, const sanad_net_v1 *net,
              const sanad_secret_v1 *secret, const sanad_loop_v1 *loop, const sanad_kv_v1 *kv,
              const sanad_metrics_v1 *metrics) {
    return entry && host && plugin && call && store && op && row && net && secret && loop && kv &&
           metrics;
}
