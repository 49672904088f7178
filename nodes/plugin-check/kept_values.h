#pragma once

#include "core/plugins/instance.h"

#include <map>
#include <mutex>
#include <string>

namespace sanad::plugin_check {

/// What an instance keeps, in memory, by the rules of `sanad.kv/1`. threads  any
class KeptValues {
public:
    /// value  of `get`: what was kept
    sanad_status keep(const plugins::ValueCall& call, std::string& value);

private:
    std::mutex mutex_;  // guards the rest
    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace sanad::plugin_check
