// The one MpiWorld of the test process; main() makes it.
#pragma once

#include "comm/transport/transports.hpp"

namespace laconic::comm::test {

MpiWorld& world();

}  // namespace laconic::comm::test
