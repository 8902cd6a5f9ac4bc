//! (written later in this change)
