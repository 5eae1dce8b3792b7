// Who holds which part of every parameter of a network whose hidden units are divided among sites
// (independent subnet training). A slice is some rows and some columns of a parameter. A division
// gives slices to sites; there are three:
//   whole  site 0 holds everything
//   homes  each site keeps an equal, consecutive part of the units of each layer, and with it the
//          columns of the weights into them. The weights from the last hidden layer are kept with
//          its units, by rows.
//   sites  deal() gives each unit to one site. A site holds the weights both of whose ends it has.
//          Weights between the units of two sites are held by no site.
// A parameter without hidden units, such as the bias of the outputs, is shared: every site holds it,
// and site 0 is its home.
//
// In each division a site has one flat buffer, in which its slices lie in the order of the network's
// own buffer, row by row. So `whole` is the buffer of the network, and `sites` that of subnet().
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "framework/graph/graph.hpp"

namespace laconic::graph {

enum class Division { whole, homes, sites };

// How deal() divides the units of a layer.
enum class Deal {
  uniform,    // all divisions are equally likely
  stratified  // each site gets an equal part of the units of each home
};

struct Slice {
  std::span<const int32_t> rows, cols;  // each ascending
  int64_t size() const { return std::ssize(rows) * std::ssize(cols); }
};

class SlicePlan {
 public:
  // Error(config) if the network has no hidden units, cannot be divided (hidden_units()), or has a
  // layer with fewer units than there are sites.
  // Lifetime: `network` must outlive the plan.
  SlicePlan(const Graph& network, int sites);

  // Divides the units of each hidden layer anew; a function of (seed, round). Each unit is at one
  // site. The numbers of units of two sites differ by one at most. They are always the same for one
  // site, and the larger parts of two layers go to different sites.
  void deal(uint64_t seed, int64_t round, Deal how);

  int sites() const { return sites_; }
  int64_t parameters() const { return std::ssize(network_.parameters); }
  std::vector<int64_t> counts(int site) const;  // of its units, by hidden layer

  Slice slice(Division division, int site, int64_t parameter) const;
  // Returns the place of a slice in the buffer of its site.
  int64_t offset(Division division, int site, int64_t parameter) const {
    return offsets_[static_cast<size_t>(division)][site][parameter];
  }
  // Returns the length of the buffer.
  int64_t elements(Division division, int site) const {
    return offsets_[static_cast<size_t>(division)][site].back();
  }
  bool is_shared(int64_t parameter) const {
    return !axes_[parameter].rows->is_hidden && !axes_[parameter].cols->is_hidden;
  }

 private:
  // The units of one label, or the rows or columns of a parameter that are not divided.
  struct Units {
    int64_t layer = 0;  // number of the hidden layer
    bool is_hidden = false;
    std::vector<int32_t> all;                // 0, 1, ...
    std::vector<std::vector<int32_t>> part;  // by site; empty if they are not hidden
    std::span<const int32_t> of(int site) const {
      return is_hidden ? std::span(part[site]) : std::span(all);
    }
    std::span<const int32_t> home(int site) const;
  };
  struct Axes {
    const Units *rows, *cols;
  };

  const Units* undivided(int64_t size);
  void lay_out(Division division);
  int64_t first_dealt(const Units& units, int site) const;

  const Graph& network_;
  const int sites_;
  std::vector<std::unique_ptr<Units>> units_;  // hidden ones first
  std::vector<Axes> axes_;                     // by parameter
  std::vector<int32_t> dealt_;
  std::array<std::vector<std::vector<int64_t>>, 3> offsets_;  // by division, site and parameter
};

}  // namespace laconic::graph
