#pragma once

#include "core/base/message.h"
#include "core/casework/request.h"
#include "schemas/casework.capnp.h"

// A request between its schema and ours. For the .cpp files here only.
namespace sanad::casework {

void write_terms(schema::ReferralConsent::Builder to, const TravellingConsent& from);
/// errors  bad_size, unsupported (an item or value that this build does not know)
Result<TravellingConsent> read_terms(schema::ReferralConsent::Reader from);

void write_request(schema::ReferralRequest::Builder to, const ReferralRequest& from);
/// errors  bad_size, unsupported; nothing more is checked: check_request() does
Result<ReferralRequest> read_request(schema::ReferralRequest::Reader from);

}  // namespace sanad::casework
