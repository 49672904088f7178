// A partner: each matter is one line to a gateway on this machine, and its answer. README.md has
// the lines.
#include "config.capnp.h"
#include "line_call.hpp"

#include <sanad/opened.hpp>
#include <sanad/plugin.hpp>

namespace {

using namespace sanad::plugin;
using namespace name_of_plugin;

class NameOfPlugin final : public Partner<Config> {
public:
    void configure(Config::Reader config) override {
        const auto place = place_of(view_of(config.getEndpoint()));
        if (!place) throw Error(SANAD_E_INVALID, "endpoint.no_host_and_port");
        place_ = *place;
        limit_ = std::chrono::seconds(config.getLimitSeconds());
    }

    // Comes again with the same delivery id until it is accepted or rejected.
    Outcome dispatch(schema::Dispatch::Reader matter) override {
        const auto gateway = open_connection(host(), place_.host, place_.port, limit_);
        if (!gateway || gateway->status != SANAD_OK) return later("no_gateway");
        const std::string line =
            std::string(view_of(matter.getDeliveryId())) + " " + name_of(matter.getKind()) + " " +
            std::to_string(matter.getUrgency()) + " " + one_line(view_of(matter.getView())) + "\n";
        const auto answer = ask(gateway->descriptor, line, limit_);
        ::close(gateway->descriptor);
        if (!answer) return later("no_answer");
        const std::string reference =
            answer->substr(std::min(answer->size(), answer->find(' ') + 1));
        if (answer->rfind("accepted ", 0) == 0) return Outcome::accepted(reference);
        if (answer->rfind("rejected ", 0) == 0) return Outcome::rejected("gateway_rejects");
        return later("gateway_busy");
    }

private:
    static Outcome later(const char* reason) {
        return Outcome::retry(std::chrono::seconds(30), reason);
    }
    static std::string name_of(schema::DispatchKind kind) {
        if (kind == schema::DispatchKind::ESCALATION) return "escalation";
        if (kind == schema::DispatchKind::WITHDRAWAL) return "withdrawal";
        if (kind == schema::DispatchKind::DRILL) return "drill";
        throw Error(SANAD_E_UNSUPPORTED, "dispatch.kind_unknown");
    }

    Place place_;
    std::chrono::milliseconds limit_{0};
};

}  // namespace

SANAD_PLUGIN(NameOfPlugin)
