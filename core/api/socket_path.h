#pragma once

#include "core/base/descriptor.h"
#include "core/base/result.h"

#include <filesystem>

namespace sanad::api {

/// A Unix stream socket, not blocking, connected to whoever listens at `path`. The path may be of
/// any length: it is reached through its folder.
/// errors  not_found: no folder, or no socket in it · closed: a socket, but nobody listens · denied
/// ·
///         busy: its queue is full · io
Result<Descriptor> connect_to(const std::filesystem::path& path);

/// A Unix stream socket, not blocking, that listens at `path` with mode 0600. A socket that nobody
/// listens on is taken away first; anything else there is left alone.
/// errors  not_found: no folder · conflict: somebody listens · denied: the folder is not ours
/// alone,
///         or what is there is no socket · io
Result<Descriptor> listen_at(const std::filesystem::path& path, int backlog);

}  // namespace sanad::api
