#pragma once

#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace sanad::api {

enum class Role : std::uint8_t {
    volunteer,
    counsellor,
    supervisor,
    flagger,
    data_officer,
    admin,
    auditor
};

std::string_view name(Role role);
/// errors  unsupported
Result<Role> role_from(std::string_view name);

/// Who a request is by, as the node knows them.
struct Actor {
    std::string name;
    std::set<Role> roles;
    std::optional<std::array<std::uint8_t, 32>> session{};  // at a desk: the hash of its token
};

/// They look after everybody's work, and may open every case.
bool is_supervisor(const Actor& actor);

/// The members of staff, by name. Local sockets are only for this user of the machine; who of the
/// staff sits there is what the request says.
using Staff = std::map<std::string, std::set<Role>, std::less<>>;

/// Whether one of the actor's roles is among `allowed`. A counsellor may do what a volunteer may, a
/// supervisor what a counsellor may; an admin sees no case. errors  denied: role_missing
Result<void> check_role(const Actor& actor, std::initializer_list<Role> allowed);

}  // namespace sanad::api
