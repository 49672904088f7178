#include "plugins/storage/postgres/settings.h"

#include <libpq-fe.h>
#include <sanad/message.hpp>

#include <memory>
#include <string_view>

namespace sanad::postgres {

namespace {

using plugin::Error;

std::string text_of(capnp::Text::Reader text) { return std::string(plugin::view_of(text)); }

[[noreturn]] void refuse(const char* code) { throw Error(SANAD_E_INVALID, code); }

// A password in node.toml would be in every copy of it.
void check_connection(const std::string& text) {
    if (text.empty() || text.size() > connection_bytes_max || text.find('\0') != text.npos)
        refuse("postgres.bad_connection");
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
        PQconninfoParse(text.c_str(), nullptr), PQconninfoFree);
    if (!options) refuse("postgres.bad_connection");
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option)
        if (std::string_view(option->keyword) == "password" && option->val != nullptr)
            refuse("postgres.password_in_settings");
}

bool is_schema(const std::string& name) {
    return !name.empty() && name.size() <= schema_bytes_max && name[0] >= 'a' && name[0] <= 'z' &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos &&
           !name.starts_with("pg_");
}

unsigned within(unsigned value, unsigned least, unsigned most) {
    if (value < least || value > most) refuse("postgres.bad_limit");
    return value;
}

}  // namespace

Settings read_settings(Config::Reader config) {
    Settings settings;
    settings.connection = text_of(config.getConnection());
    check_connection(settings.connection);
    settings.schema = text_of(config.getSchema());
    if (!is_schema(settings.schema)) refuse("postgres.bad_schema");
    settings.create = config.getCreate();
    settings.from = text_of(config.getFrom());
    const bool usable = settings.create && settings.from.find('\0') == settings.from.npos;
    if (!settings.from.empty() && !usable) refuse("postgres.bad_from");
    settings.snapshots_max = within(config.getSnapshotsMax(), 2, 500);
    settings.answer = std::chrono::seconds(within(config.getAnswerSeconds(), 1, 300));
    settings.reconnect = std::chrono::seconds(within(config.getReconnectSeconds(), 0, 300));
    const unsigned take_over = config.getTakeOverSeconds();
    settings.take_over = std::chrono::seconds(take_over == 0 ? 0 : within(take_over, 3, 40));
    return settings;
}

}  // namespace sanad::postgres
