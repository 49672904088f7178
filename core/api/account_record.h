#pragma once

#include "core/api/accounts.h"

// An account as it is stored: AccountRecord of schemas/accounts.capnp.
namespace sanad::api {

Bytes encode(const Account& account);
/// errors  malformed, unsupported
Result<Account> decode_account(ByteView bytes);

}  // namespace sanad::api
