#pragma once

#include <string_view>

// What the lists in a node's line of a directory may hold, as schemas/PASSPORT.md says. What the
// words mean proves nothing here; but two verifiers must not read one directory differently.
namespace sanad::verifier {

/// 1..16 language tags, each once, with commas between them.
bool are_languages(std::string_view list);
/// 0..32 codes of services, each once.
bool are_services(std::string_view list);
/// 0..8 addresses `tcp://host:port`, each once.
bool are_endpoints(std::string_view list);

/// 1..bytes_max of a-z, 0-9 and `mark`, which neither begins nor ends it.
bool is_code(std::string_view text, std::size_t bytes_max, char mark);

}  // namespace sanad::verifier
