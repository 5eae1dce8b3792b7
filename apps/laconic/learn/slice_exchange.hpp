// Moves the slices of parameters between the layouts of a slice plan. Site s is hosted by rank
// s mod R. Only elements travel: every rank knows the plan, so it knows what a message contains. A
// rank sends one message to each other rank. Slices between sites of one rank cross no wire. The
// results do not depend on the number of ranks.
#pragma once

#include "comm/base/hosted.hpp"
#include "comm/exchange/all_to_all.hpp"
#include "framework/graph/slice_plan.hpp"
#include "framework/observe/phase_timer.hpp"

namespace laconic {

using comm::Hosted;

// The arrays of one division, by site: parameters, and the moments that move with them. A site of
// another rank has none.
struct SliceArrays {
  graph::Division division;
  size_t count = 1;  // arrays per site
  std::vector<std::vector<std::span<float>>> of_site;
};

class SliceExchange {
 public:
  // Lifetime: the arguments must outlive this object.
  SliceExchange(comm::Exchange& exchange, const graph::SlicePlan& plan, const Hosted& hosted,
                PhaseTimer& timer);

  // Copies every element that `from` and `to` both hold, of the arrays that both have; other elements
  // of `to` keep their values.
  // Of a shared parameter that all sites hold, site 0's copy in `to` becomes the mean. Collective.
  // Its bytes are counted as `purpose`, a literal.
  void move(const SliceArrays& from, const SliceArrays& to, const char* purpose);

 private:
  // The elements of one parameter that two slices share, as positions in the first one.
  struct Common {
    std::vector<int32_t> rows, cols;
    void find(const graph::Slice& mine, const graph::Slice& other);
  };
  // One message per rank, one after the other.
  struct Messages {
    std::vector<int64_t> ends, at;  // by rank
    std::vector<float> elements;
    void clear(int ranks);
    void place();  // the lengths in `at` become positions
    std::span<float> of(int rank);
  };

  void measure(const SliceArrays& from, const SliceArrays& to);
  void pack(const SliceArrays& from, const SliceArrays& to);
  void unpack(const SliceArrays& from, const SliceArrays& to);
  template <class Visit>
  void each(graph::Division mine, int site, graph::Division other, int other_site, Visit visit);

  comm::Exchange& exchange_;
  const graph::SlicePlan& plan_;
  const Hosted hosted_;
  PhaseTimer& timer_;
  const Phase copy_, exposed_;
  comm::AllToAll job_;
  size_t arrays_ = 1;  // that are moved
  Common common_;
  Messages outgoing_, incoming_;
};

}  // namespace laconic
