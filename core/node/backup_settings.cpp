#include "core/node/backup_settings.h"

#include "core/node/backup_file.h"
#include "core/node/plugin_settings.h"
#include "core/node/settings.h"

namespace sanad::node {

BackupSettings read_backups(Settings& settings, const std::filesystem::path& base) {
    BackupSettings out;
    out.folder = absolute(base, settings.text("folder", "backup"));
    if (const auto key = settings.text("key"); !key.empty()) {
        const auto parsed = parse_backup_key(key);
        if (parsed)
            out.key = *parsed;
        else
            settings.complain("key", "no key of a backup: write what `sanad backup key` printed");
    }
    out.every = std::chrono::hours(settings.number("every_hours", 24, 0, 24 * 7));
    out.keep = static_cast<std::uint32_t>(settings.number("keep", 14, 1, 365));
    settings.finish();
    return out;
}

}  // namespace sanad::node
