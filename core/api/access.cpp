#include "core/api/access.h"

#include <algorithm>
#include <array>

namespace sanad::api {
namespace {

constexpr std::array<std::string_view, 7> role_names{
    "volunteer", "counsellor", "supervisor", "flagger", "data_officer", "admin", "auditor"};

// Casework roles contain those before them; the others stand alone.
bool contains(Role held, Role wanted) {
    if (held == wanted) return true;
    return held <= Role::supervisor && wanted <= Role::supervisor && held > wanted;
}

}  // namespace

std::string_view name(Role role) { return role_names.at(std::size_t(role)); }

Result<Role> role_from(std::string_view name) {
    const auto found = std::ranges::find(role_names, name);
    if (found == role_names.end()) return fail(Fault::unsupported, "role");
    return Role(found - role_names.begin());
}

bool is_supervisor(const Actor& actor) { return actor.roles.contains(Role::supervisor); }

Result<void> check_role(const Actor& actor, std::initializer_list<Role> allowed) {
    for (const Role held : actor.roles)
        for (const Role wanted : allowed)
            if (contains(held, wanted)) return {};
    return fail(Fault::denied, "role_missing");
}

}  // namespace sanad::api
