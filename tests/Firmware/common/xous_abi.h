// Numbers of Xous's ABI: calls, results, errors, kinds of messages, and return addresses that are never mapped.
#pragma once

#define XOUS_YIELD                      3
#define XOUS_CLAIM_INTERRUPT            5
#define XOUS_WAIT_EVENT                 9
#define XOUS_CREATE_SERVER_WITH_ADDRESS 14
#define XOUS_RECEIVE_MESSAGE            15
#define XOUS_SEND_MESSAGE               16
#define XOUS_CONNECT                    17
#define XOUS_CREATE_THREAD              18
#define XOUS_RETURN_MEMORY              20
#define XOUS_TERMINATE_PROCESS          22
#define XOUS_TRY_SEND_MESSAGE           24
#define XOUS_RETURN_SCALAR1             26
#define XOUS_RETURN_SCALAR2             27
#define XOUS_TRY_RECEIVE_MESSAGE        28
#define XOUS_CONNECT_FOR_PROCESS        30
#define XOUS_CREATE_SERVER_ID           31
#define XOUS_GET_THREAD_ID              32
#define XOUS_JOIN_THREAD                36
#define XOUS_REPLY_AND_RECEIVE_NEXT     41

#define XOUS_OK                 0
#define XOUS_ERROR              1
#define XOUS_SERVER_ID          6
#define XOUS_CONNECTION_ID      7
#define XOUS_NEW_SERVER_ID      8
#define XOUS_MESSAGE_ENVELOPE   9
#define XOUS_THREAD_ID          10
#define XOUS_SCALAR1            14
#define XOUS_SCALAR2            15
#define XOUS_NONE               17
#define XOUS_MEMORY_RETURNED    18
#define XOUS_SCALAR5            20

#define XOUS_SERVER_NOT_FOUND   9
#define XOUS_SERVER_QUEUE_FULL  15
#define XOUS_UNHANDLED_SYSCALL  17
#define XOUS_DOUBLE_FREE        25

// As received; a sender gives one more.
#define XOUS_MUTABLE_BORROW     0u
#define XOUS_BORROW             1u
#define XOUS_MOVE               2u
#define XOUS_SCALAR             3u
#define XOUS_BLOCKING_SCALAR    4u

#define XOUS_RETURN_FROM_INTERRUPT 0xFF802000u
#define XOUS_EXIT_THREAD        0xFF803000u
