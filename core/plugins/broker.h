#pragma once

#include "core/base/clock.h"
#include "core/base/descriptor.h"
#include "core/base/result.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the node opens for a plugin that may open nothing itself: sockets and files, by grant. A
// plugin's manifest asks for grants; a grant names a field of the plugin's configuration, so what
// it opens is what the person who runs the node has written there, and nothing else.
namespace sanad::plugins {

inline constexpr Duration connect_limit_default{30'000};
inline constexpr std::uint64_t kept_bytes_max = 16U << 20;  // whatever is granted

/// The top-level fields of a plugin's configuration that are text or whole numbers, as text.
using ConfigurationFields = std::map<std::string, std::string>;

/// What a plugin may have: what its manifest asks for, and where the node's configuration has a
/// list of its own, only what stands in that list too.
std::vector<std::string> effective_grants(const std::vector<std::string>& asked,
                                          const std::optional<std::vector<std::string>>& given);

/// One for each instance, over all of its processes. threads  any
class Broker {
public:
    /// fields  of the configuration as it is; see configure()
    Broker(std::vector<std::string> grants, ConfigurationFields fields);
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;

    /// The sockets at which another version of the plugin listens, for as long as the addresses
    /// are the same: so both can be there at once, and nobody is turned away in between.
    void take_over(const Broker& former);
    /// Closes its own: another has them, or they are no longer wanted.
    void let_go();

    void configure(ConfigurationFields fields);
    /// A field of the configuration; empty when there is none.
    std::string field(const std::string& name) const;

    const std::vector<std::string>& grants() const { return grants_; }

    /// Whether the plugin has been granted exactly this.
    bool has(std::string_view grant) const;

    /// How many bytes the instance may keep, from the grant kv:<bytes>; 0: none.
    std::uint64_t kept_bytes() const;

    /// Whether it will ever hand out a socket.
    bool has_network() const;

    /// A listening TCP socket at the address and port of the fields <name>Address and <name>Port.
    /// The broker keeps one as well and gives the same again as long as the fields stay the same:
    /// nobody who connects is turned away while a plugin is started anew.
    /// errors  denied: no grant net.listen:<name> · invalid: no such fields, or no address of this
    ///         form · busy: somebody else listens there · io
    Result<Descriptor> listen(std::string_view name);

    /// A connected TCP socket, not blocking. errors  denied: no grant net.connect:<field> whose
    /// field holds a URL of this host and port · not_found: no such name · expired · io
    Result<Descriptor> connect(const std::string& host, std::uint16_t port, Duration limit);

    /// The file that the field `name` names, for reading. errors  denied: neither of the grants
    /// secret:<name> and file:<name> · not_found: the field is empty, or there is no such file ·
    /// invalid: it is no file, or of a secret: another's, or open to others · io
    ///
    /// name  also "<field>/<path>" with the grant folder:<field>: a file beneath the folder that
    ///       the field names. errors  invalid: a link, or a way out of it
    Result<Descriptor> open(std::string_view name);

private:
    struct Listening {
        std::string at;  // address and port, as they were asked for
        Descriptor socket;
    };

    bool granted(std::string_view kind, std::string_view name) const;
    bool may_connect(const std::string& host, std::uint16_t port) const;

    const std::vector<std::string> grants_;
    mutable std::mutex mutex_;  // guards the rest
    ConfigurationFields fields_;
    std::map<std::string, Listening, std::less<>> listening_;
};

}  // namespace sanad::plugins
