"""Paper ads and stencilled numbers on photographed walls, with exact boxes."""
