//! The root of a Merkle tree, shaped as RFC 6962 says: a full tree on the left, the rest on the right.
//!
//! Ours, not a crate's: the ones there are bring proofs and trees that grow, for twenty lines that are needed here.

use crate::hash::{Hash, Of};

/// The root over leaves that are hashed already. [`Hash::NONE`] for no leaves.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::NONE,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            Hash::of(Of::Node, &[root(left).bytes(), root(right).bytes()])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The leaves and roots that implementations of RFC 6962 test themselves with.
    #[test]
    fn the_known_roots() {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let leaves = leaves.map(|leaf| Hash::of(Of::Leaf, &[leaf]));
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        for (count, known) in (1..).zip(roots) {
            assert_eq!(root(&leaves[..count]).to_string(), known, "{count} leaves");
        }
    }

    #[test]
    fn every_leaf_its_place_and_their_number_count() {
        let leaves: Vec<Hash> = (0_u8..33).map(|leaf| Hash::of(Of::Leaf, &[&[leaf]])).collect();
        for count in 1..leaves.len() {
            let whole = root(&leaves[..count]);
            assert_ne!(whole, root(&leaves[..count - 1]), "one less than {count}");
            assert_ne!(whole, root(&leaves[..=count]), "one more than {count}");
            for place in 0..count {
                let mut changed = leaves[..count].to_vec();
                changed[place] = Hash::of(Of::Leaf, &[b"x"]);
                assert_ne!(whole, root(&changed), "leaf {place} of {count}");
                if place > 0 {
                    let mut swapped = leaves[..count].to_vec();
                    swapped.swap(place, place - 1);
                    assert_ne!(whole, root(&swapped), "leaves {place} and the one before, of {count}");
                }
            }
        }
    }

    #[test]
    fn a_node_is_never_a_leaf() {
        let leaves: Vec<Hash> = (0_u8..4).map(|leaf| Hash::of(Of::Leaf, &[&[leaf]])).collect();
        let pairs = [root(&leaves[..2]), root(&leaves[2..])];
        let as_one_leaf = Hash::of(Of::Leaf, &[pairs[0].bytes(), pairs[1].bytes()]);
        assert_ne!(root(&leaves), as_one_leaf);
        assert_eq!(root(&[]), Hash::NONE);
    }
}
