#include "core/node/loading_mark.h"

#include "core/node/files.h"

namespace sanad::node {
namespace {

std::filesystem::path mark_of(const Configuration& configuration, const std::string& instance) {
    return configuration.folder / ("loading-" + instance);
}

}  // namespace

Result<LoadingMark> LoadingMark::set(const Configuration& configuration,
                                     const std::string& instance) {
    const auto file = mark_of(configuration, instance);
    if (const auto written = replace_file(file, "", 0600); !written)
        return std::unexpected(written.error());
    return LoadingMark(file);
}

LoadingMark::~LoadingMark() {
    std::error_code gone;
    if (!file_.empty()) std::filesystem::remove(file_, gone);
}

bool LoadingMark::is_left(const Configuration& configuration, const std::string& instance) {
    std::error_code unknown;
    return std::filesystem::exists(mark_of(configuration, instance), unknown);
}

}  // namespace sanad::node
