#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/casework/form.h"
#include "core/federation/directory_book.h"
#include "core/federation/links.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sanad::api {

/// What only the composition root knows. threads  any
class NodeControl {
public:
    struct PluginTransition {
        Time at;
        std::string state, reason, how;
    };
    struct Plugin {
        std::string instance{}, plugin{}, version{}, state{}, kind{}, run{}, health{},
            health_reason{}, sandbox_lacks{}, hash{}, signer{};
        std::uint32_t crashes = 0;
        std::vector<PluginTransition> transitions{};
        std::vector<std::pair<std::string, std::uint64_t>> measures{};  // that it counts itself
        std::vector<std::string> grants{}, withheld{};
    };
    enum class PluginChange : std::uint8_t { enable, disable, reload, rollback };
    struct Facts {
        std::string version, endpoint;
        std::vector<Plugin> plugins;
    };
    virtual ~NodeControl() = default;
    virtual Facts facts() = 0;
    virtual std::vector<federation::Links::Status> links() = 0;
    /// Follows a directory, the first one by the stewards whom the administrator trusts.
    /// errors  those of DirectoryBook::follow(). threads  engine
    virtual Result<federation::DirectoryBook::Outcome> install_directory(store::Draft& draft,
                                                                         const std::string& note,
                                                                         const std::string& who,
                                                                         Time now) = 0;
    /// Runs `work` on the links' own thread.
    virtual void with_links(std::function<void(federation::Links&)> work) = 0;
    /// Checks and takes over a policy pack; returns its name and version.
    virtual Result<std::string> install_policy(const std::string& text_or_note) = 0;
    /// Reads all policy packs again; returns their names and versions.
    virtual Result<std::string> reload_policies() = 0;
    /// The case form in force.
    virtual std::shared_ptr<const casework::Form> form() {
        return std::make_shared<const casework::Form>();
    }
    /// The helpline's own change of it, as a file's text; empty: none.
    virtual std::string own_form() { return {}; }
    /// The form as that change would make it; and with it in force. errors  invalid, not_found: the
    /// detail names the line or the field · io
    virtual Result<casework::Form> try_form(const std::string& /*own*/) {
        return fail(Fault::denied, "form");
    }
    virtual Result<std::string> install_form(const std::string& /*own*/) {
        return fail(Fault::denied, "form");
    }
    struct Backup {
        std::string file;
        Time at;
        std::uint64_t bytes = 0;
    };
    struct Backups {
        std::string folder{}, key{}, fault{};
        std::uint32_t every_hours = 0, keep = 0;
        bool running = false;
        std::uint64_t bytes = 0;  // written so far
        std::vector<Backup> made{};
    };
    /// Begins a backup. errors  not_found: the node has no key for one · busy
    virtual Result<void> make_backup() { return fail(Fault::not_found, "backup key"); }
    virtual Backups backups() { return {}; }
    /// Compacts the store as soon as nothing else writes.
    virtual void compact_soon() = 0;
    /// Ends a plugin's quarantine. errors  not_found · denied: it is in none
    virtual Result<void> resume_plugin(const std::string& /*instance*/) {
        return fail(Fault::not_found, "plugin");
    }
    /// Changes a plugin behind the changes that were asked for before; `done` learns how it is
    /// then, such as "running 1.2.0", or why it is as it was. Returns at once.
    virtual void change_plugin(const std::string& /*instance*/, PluginChange /*change*/,
                               std::function<void(const Result<std::string>&)> done) {
        done(fail(Fault::not_found, "plugin"));
    }
};

}  // namespace sanad::api
