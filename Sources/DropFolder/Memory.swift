import CLinux

/// How this process asks the system for memory.
public enum Memory {
    /// Has the allocator keep up to 16 MiB of what was freed. It would otherwise give it back and ask for it again at
    /// nearly every record of a large file, which takes a fifth of the time.
    public static func keep() {
        plumbline_keep_memory(16 << 20, 1 << 20)
    }

    /// Has the allocator give back what is free: much was used, and will not be for a while.
    public static func giveBack() { plumbline_give_memory_back() }

    /// Lets go of the pages of the program's own file: much of it is needed at the start and not again.
    public static func giveProgramBack() { plumbline_give_program_back() }
}
