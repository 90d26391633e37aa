// The USB device controller: its rings in IFRAM, its commands and events. What a program adds is its descriptors,
// its answers to requests, and its data. Facts: datasheet, USB.
#pragma once

#include <stdint.h>

struct trb { uint32_t word0, word1, word2, word3; };

#define TRB_TYPE(trb)   (((trb)->word3 >> 10) & 0x3F)
#define TRB_PORT        34
#define TRB_SETUP       40
#define TRB_TRANSFER    32
#define TRB_PEI(trb)    (((trb)->word3 >> 16) & 0x1F)
#define TRB_CODE(trb)   ((trb)->word2 >> 24)
#define TRB_RESIDUAL(trb) ((trb)->word2 & 0x1FFFF)
#define CODE_SUCCESS    1
#define CODE_SHORT      13

// Physical endpoints: twice the number, and one more where the host writes.
#define PEI_IN(number)  (2u * (number))
#define PEI_OUT(number) (2u * (number) + 1)

enum endpoint_type { BULK = 2, INTERRUPT = 3 };

struct setup { uint8_t type, request; uint16_t value, index, length; };

// Buffers of the program in IFRAM, 512 bytes each; n is 0 to 7.
#define UDC_BUFFER(n)   ((volatile uint8_t *)(IFRAM + 0x22000u + 512u * (n)))

// Resets and initializes the controller, and lets the host see it. Interrupts come by IRQARRAY1 bit 0.
void udc_start(void);

// The next event, or 0. When there is none left, udc_events_done lets the next interrupt come.
const struct trb *udc_event(void);
void udc_events_done(void);

// Answers an event of the port: high speed or not, and setup packets are welcome.
void udc_port_changed(void);

// Takes a setup event; what follows until the next one belongs to its request.
struct setup udc_setup(const struct trb *event);
void udc_send(const void *data, uint32_t length);       // a data stage to the host, and the end
void udc_receive(volatile uint8_t *buffer, uint32_t length); // one from it, and the end
void udc_acknowledge(void);                             // the end of a request without data
void udc_stall(void);                                   // not supported
void udc_take_address(uint8_t address);                 // and the end

// Any other endpoint: gives it a ring, and queues a buffer of IFRAM on it.
void udc_configure(unsigned pei, enum endpoint_type type, unsigned packet_size);
void udc_queue(unsigned pei, volatile uint8_t *buffer, uint32_t length);
