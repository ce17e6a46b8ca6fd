/** The public face of support: nothing yet; what it learns of tickets is stated by intake (`TicketChanged`). */
export {};
