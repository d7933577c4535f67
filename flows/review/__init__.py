"""The batch before performance reviews: the cards of a period in one workbook."""
