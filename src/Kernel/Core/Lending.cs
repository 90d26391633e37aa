// Pages that go with messages (xous-abi 2.6). Lending takes the page from the client, writable or not, until it comes
// back; moving makes it the server's. All pages of a message are checked before the first one changes hands.
//
// A borrowed page may be lent on. A borrower cannot move or unmap it, and it goes back the way it came.

namespace XousCloud.Kernel;

public partial struct Kernel
{
    /// <summary>Makes the pages of a message the server's to use, and says where it finds them.</summary>
    private XousError Transfer(uint client, uint server, MessageKind kind, uint address, uint length, out uint serverAddress)
    {
        serverAddress = address;
        uint pages = length / AddressMap.PageSize;
        for (uint i = 0; i < pages; i++)
        {
            uint at = address + (i * AddressMap.PageSize);
            XousError error = MakePresent(client, at);
            if (error != XousError.None)
            {
                return error;
            }

            if (kind == MessageKind.Move && tracker.Owner(PageTableEntry.Page(EntryAt(client, at))) != client)
            {
                return XousError.BadAddress;
            }
        }

        if (client == server)
        {
            return XousError.None;
        }

        ref Process receiver = ref processes[(int)server];
        serverAddress = FindFree(server, AddressMap.MessageBase, AddressMap.MessageLength, receiver.MessageLast, pages);
        if (serverAddress == 0)
        {
            return XousError.BadAddress;
        }

        if (!MakeTables(server, serverAddress, pages))
        {
            return XousError.OutOfMemory;
        }

        receiver.MessageLast = serverAddress;
        for (uint i = 0; i < pages; i++)
        {
            uint offset = i * AddressMap.PageSize;
            uint entry = EntryAt(client, address + offset);
            uint page = PageTableEntry.Page(entry);
            uint given = kind switch
            {
                MessageKind.Borrow => PageTableEntry.Read,
                MessageKind.MutableBorrow => PageTableEntry.Read | (entry & PageTableEntry.Write),
                _ => entry & PageTableEntry.Permissions,
            };
            SetEntry(server, serverAddress + offset, PageTableEntry.Of(page, given | PageTableEntry.Present));
            if (kind == MessageKind.Move)
            {
                SetEntry(client, address + offset, 0);
                tracker.Give(page, server);
            }
            else
            {
                SetEntry(client, address + offset, (entry & ~PageTableEntry.Valid) | PageTableEntry.Lent);
            }
        }

        return XousError.None;
    }

    /// <summary>False if the server has lent one of the message's pages on.</summary>
    private bool HoldsAll(uint server, uint client, ref MessageSlot slot)
    {
        for (uint offset = 0; client != server && offset < slot.Word2; offset += AddressMap.PageSize)
        {
            if (PageTableEntry.IsLent(EntryAt(server, slot.Word1 + offset)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The pages of a lend go back, out of the server's reach.</summary>
    private void GiveBack(uint server, uint client, ref MessageSlot slot)
    {
        if (client == server)
        {
            return;
        }

        for (uint offset = 0; offset < slot.Word2; offset += AddressMap.PageSize)
        {
            uint entry = EntryAt(client, slot.ClientAddress + offset);
            SetEntry(server, slot.Word1 + offset, 0);
            if (PageTableEntry.IsLent(entry))
            {
                SetEntry(client, slot.ClientAddress + offset, (entry & ~PageTableEntry.Lent) | PageTableEntry.Valid);
            }
        }
    }

    /// <summary>The pages of a lend whose client is gone are the server's own, and end with it or with the answer.</summary>
    private void Discard(uint server, ref MessageSlot slot)
    {
        for (uint offset = 0; offset < slot.Word2; offset += AddressMap.PageSize)
        {
            uint entry = EntryAt(server, slot.Word1 + offset);
            if (!PageTableEntry.IsPresent(entry))
            {
                continue;
            }

            SetEntry(server, slot.Word1 + offset, 0);
            if (tracker.Owner(PageTableEntry.Page(entry)) == server)
            {
                tracker.Release(PageTableEntry.Page(entry));
            }
        }
    }

    /// <summary>
    /// The client of a lend ends. What it owned becomes the server's; of what it had borrowed itself, the server gets a copy,
    /// because the page goes back to its owner now. Where there is no RAM for the copy, the server loses the page.
    /// </summary>
    private void Bequeath(uint client, uint server, ref MessageSlot slot)
    {
        if (client == server)
        {
            return;
        }

        for (uint offset = 0; offset < slot.Word2; offset += AddressMap.PageSize)
        {
            uint clientEntry = EntryAt(client, slot.ClientAddress + offset);
            uint page = PageTableEntry.Page(clientEntry);
            // What the client had borrowed is again its own entry's, so that it goes back to the owner with the
            // client's end.
            SetEntry(client, slot.ClientAddress + offset, (clientEntry & ~PageTableEntry.Lent) | PageTableEntry.Valid);
            if (tracker.Owner(page) == client)
            {
                tracker.Give(page, server);
                SetEntry(client, slot.ClientAddress + offset, 0);
                continue;
            }

            // Code in RRAM is nobody's and never written: the server reads on until it answers.
            if (tracker.Knows(page))
            {
                ReplaceByCopy(server, slot.Word1 + offset, page);
            }
        }
    }

    /// <summary>A process gets its own page in place of one that it borrowed, and whoever it lent it on to sees the same.</summary>
    private void ReplaceByCopy(uint process, uint address, uint page)
    {
        uint copy = memory.Holds(page) ? tracker.Allocate(process) : 0;
        if (copy != 0)
        {
            memory.Words(page).CopyTo(memory.Words(copy));
        }

        for (uint hops = 0; hops < Process.Limit; hops++)
        {
            uint entry = EntryAt(process, address);
            SetEntry(process, address, copy == 0 ? 0 : PageTableEntry.Of(copy, entry & 0x3FF));
            if (!PageTableEntry.IsLent(entry) || !FindBorrower(process, address, out process, out address))
            {
                return;
            }
        }
    }

    /// <summary>Where a page that a process has lent can be found: the server that has it, and its address there.</summary>
    private bool FindBorrower(uint client, uint address, out uint server, out uint serverAddress)
    {
        uint threads = processes[(int)client].Threads;
        for (uint thread = 0; thread < Process.ThreadLimit; thread++)
        {
            Wait wait = (threads & (1u << (int)thread)) == 0 ? default : WaitOf(client, thread);
            if (wait.Kind != WaitKind.Answer)
            {
                continue;
            }

            ref MessageSlot slot = ref Slot(wait.Server, wait.Slot);
            if (slot.IsLent && servers[wait.Server].Owner != client && address - slot.ClientAddress < slot.Word2)
            {
                server = servers[wait.Server].Owner;
                serverAddress = slot.Word1 + address - slot.ClientAddress;
                return true;
            }
        }

        server = 0;
        serverAddress = 0;
        return false;
    }
}
