#pragma once

#include "plugins/partners/webhook/base64.h"
#include "plugins/partners/webhook/config.capnp.h"
#include "plugins/partners/webhook/crypto.h"
#include "plugins/partners/webhook/signature.h"
#include "tests/unit/webhook/temporary_folder.h"

#include <dlfcn.h>

#include <sanad/fake_host.hpp>

#include <cstdlib>

namespace sanad::test {

inline const std::string helpline_seed(32, 'h');
inline const std::string partner_seed(32, 'n');
inline const std::string shared_secret(32, 'w');
inline const std::string reference = "a reference 16 b";

inline const std::string helpline_key =
    webhook::format_public_key(webhook::ed25519_public_key(helpline_seed));

inline const std::string disclosed_view =
    R"({"narrative":"شخص يهدد بنشر صوري ويطلب المال.\nأريد أن يتوقف هذا.","age_band":"13-15",)"
    R"("languages":["ar","fr"],"services_requested":["content_removal","legal"],)"
    R"("url":"https://example.org/p/123","safe_contact":{"channel":"webchat","times":"16:00–18:00"}})";

/// The plugin as the node loads it: the library, by its one symbol.
inline const sanad_entry& loaded_plugin() {
    const char* path = std::getenv("SANAD_WEBHOOK_PLUGIN");
    void* library = path ? ::dlopen(path, RTLD_NOW | RTLD_LOCAL) : nullptr;
    void* entry = library ? ::dlsym(library, "sanad_plugin_entry_v1") : nullptr;
    if (!entry) throw std::runtime_error("the plugin cannot be loaded: run this test by meson");
    return *static_cast<const sanad_entry*>(entry);
}

class Helpline : public plugin::FakeHost {
public:
    explicit Helpline(const std::string& endpoint) : FakeHost(loaded_plugin()) {
        const auto configured = configure<webhook::Config>([&](webhook::Config::Builder config) {
            config.setPartner("جمعية مثال – Association Exemple");
            config.setEndpoint(endpoint);
            config.setSigningKeyFile(
                folder_.write("key", "whsk_" + webhook::to_base64(helpline_seed)));
            config.initCallbackKeys(1).set(
                0, webhook::format_public_key(webhook::ed25519_public_key(partner_seed)));
            config.setCallbackSecretFile(
                folder_.write("shared", "whsec_" + webhook::to_base64(shared_secret)));
        });
        if (configured != SANAD_OK || start() != SANAD_OK)
            throw std::runtime_error("the plugin does not start");
        Matter matter;
        matter.view = disclosed_view;
        matter.urgency = 1;
        matter.created_at_ms = 1'795'485'600'000;
        set_matter(reference, matter);
    }

    /// Where the partner's people open the matter.
    std::string link() const {
        const std::string marker = "webhook.started port=";
        for (const std::string& line : log())
            if (line.starts_with(marker))
                return "http://127.0.0.1:" + std::to_string(std::stoi(line.substr(marker.size()))) +
                       "/pickup/" + webhook::to_base64url(reference);
        return {};
    }

private:
    TemporaryFolder folder_;
};

}  // namespace sanad::test
