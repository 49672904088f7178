#pragma once

#include "core/api/reply_text.h"
#include "core/casework/contact.h"

// Contacts in replies, the same way everywhere.
namespace sanad::api {

void fill_contact(schema::api::ContactView::Builder out, const casework::Contact& contact);
void fill_done(schema::api::Done::Builder out, const casework::Contact& contact);

}  // namespace sanad::api
