// What selection asks of an accumulator, and of the candidates that it has collected.

static int64_t append_above(const AccumulatorArgs& args, int32_t bound, int64_t first, int64_t last,
                            PairBuffer& to) {
  int64_t next = first;
  with_accumulator(
      args, [&](auto read) __attribute__((always_inline)) {
        const auto position = [](int64_t i, int) __attribute__((always_inline)) {
          return lane_numbers(AllLanes()) + static_cast<int32_t>(i);
        };
        next = append_chosen(position, read, bound, first, last, to);
      });
  return next;
}

static int64_t append_pairs_above(const int32_t* indices, const float* values, int32_t bound,
                                  int64_t first, int64_t last, PairBuffer& to) {
  const auto index = [=](int64_t i, int lanes) __attribute__((always_inline)) {
    return (Mask)load(reinterpret_cast<const float*>(indices + i), lanes);
  };
  const auto value = [=](int64_t i, int lanes) __attribute__((always_inline)) {
    return load(values + i, lanes);
  };
  return append_chosen(index, value, bound, first, last, to);
}

static int32_t magnitude(float x) {
  return __builtin_bit_cast(int32_t, x) & 0x7fffffff;
}

static MagnitudeRange magnitude_range(const float* values, int64_t count, MagnitudeRange within) {
  Mask low = Mask{} + within.high, high = Mask{} + within.low;
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const Mask m = (Mask)load(values + i) & 0x7fffffff;
    const Mask not_below = m >= within.low ? m : low, not_above = m <= within.high ? m : high;
    low = not_below < low ? not_below : low;
    high = not_above > high ? not_above : high;
  }
  MagnitudeRange range{low[0], high[0]};
  const auto include = [&](int32_t lowest, int32_t highest) {
    if (lowest < range.low && lowest >= within.low) range.low = lowest;
    if (highest > range.high && highest <= within.high) range.high = highest;
  };
  for (int lane = 1; lane < kLanes; ++lane) include(low[lane], high[lane]);
  for (; i < count; ++i) include(magnitude(values[i]), magnitude(values[i]));
  return range;
}

// A first look at four vectors at once passes over the many that lie outside a narrow range.
static void magnitude_histogram(const float* values, int64_t count, MagnitudeRange range, int shift,
                                uint32_t* histogram) {
  const auto width = static_cast<uint32_t>(range.high - range.low);
  const auto add = [=](int64_t first, int64_t last) __attribute__((always_inline)) {
    for (int64_t i = first; i < last; ++i) {
      const auto offset = static_cast<uint32_t>(magnitude(values[i]) - range.low);
      if (offset <= width) ++histogram[offset >> shift];
    }
  };
  const auto inside = [=](int64_t i) __attribute__((always_inline))->Chosen {
    const Vec v = load(values + i);
    return above_bound(v, range.low - 1) & ~above_bound(v, range.high);
  };
  constexpr int64_t group = 4 * kLanes;
  int64_t i = 0;
  for (; i + group <= count; i += group)
    if (!none(inside(i), inside(i + kLanes), inside(i + 2 * kLanes), inside(i + 3 * kLanes)))
      add(i, i + group);
  add(i, count);
}

static int64_t after_nth_equal(const float* values, int64_t count, int32_t wanted, int64_t nth) {
  constexpr int64_t group = 64;
  int64_t i = 0;
  for (; i + group <= count; i += group) {
    int32_t equal = 0;
    for (int64_t j = i; j < i + group; ++j) equal += magnitude(values[j]) == wanted;
    if (equal >= nth) break;
    nth -= equal;
  }
  for (;; ++i)
    if (magnitude(values[i]) == wanted && --nth == 0) return i + 1;
}
