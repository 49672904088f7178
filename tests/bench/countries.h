#pragma once

#include "core/node/configuration.h"
#include "core/trust/secret.h"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

// Countries of a federation on this machine, made as an administrator makes them.
namespace sanad::bench {

struct Country {
    node::Configuration configuration;
    trust::SymmetricKey vault_key;
};

/// Nodes of the countries in `codes` under one steward, in folders of their names; the first only
/// dials, the others listen on loopback. They run no plugin but the store. `ghosts` more nodes
/// stand in the directory and never answer.
std::vector<Country> federate(const std::filesystem::path& folder,
                              const std::filesystem::path& share,
                              const std::filesystem::path& plugins,
                              const std::vector<std::string>& codes, std::size_t ghosts = 0);
std::vector<NodeId> ghost_ids(std::size_t count);

/// A sanad-node of its own; ends with this program.
class Process {
public:
    /// Returns once it says that it is ready.
    Process(const std::string& program, const std::filesystem::path& config);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void end(int signal);
    double cpu_seconds() const;
    pid_t pid() const { return pid_; }

private:
    pid_t pid_ = -1;
    int output_ = -1;
};

}  // namespace sanad::bench
