#include "bridge/buffer.hpp"

#include "temporal_core.h"

namespace temporal::bridge {

Buffer::~Buffer() {
    if (data_ != nullptr) {
        tcore_buf_free({data_, size_, capacity_});
    }
}

}  // namespace temporal::bridge
