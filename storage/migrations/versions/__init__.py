"""One file a version, in order. A version that was released is never changed: add another."""
