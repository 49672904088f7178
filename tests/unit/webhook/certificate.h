#pragma once

#include <string>

/// PEM of a key and of a certificate that it signed itself, good for a day.
struct Certificate {
    std::string key;
    std::string certificate;
};

/// name  a DNS name or an IPv4 address; goes into subjectAltName
Certificate make_certificate(const std::string& name);
